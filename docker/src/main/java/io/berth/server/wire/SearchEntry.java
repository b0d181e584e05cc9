package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A repository that was found. */
public record SearchEntry(
    @JsonProperty("star_count") long stars,
    @JsonProperty("is_official") boolean official,
    @JsonProperty("name") String name,
    @JsonProperty("is_automated") boolean automated,
    @JsonProperty("description") String description) {}
