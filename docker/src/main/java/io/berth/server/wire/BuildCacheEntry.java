package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Something that builds have left for later ones. */
public record BuildCacheEntry(
    @JsonProperty("ID") String id,
    String type,
    String description,
    boolean inUse,
    boolean shared,
    long size,
    String createdAt,
    String lastUsedAt,
    long usageCount) {}
