package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a path names, for the header X-Docker-Container-Path-Stat. */
public record FileStat(
    @JsonProperty("name") String name,
    @JsonProperty("size") long size,
    @JsonProperty("mode") long mode,
    @JsonProperty("mtime") String mtime,
    @JsonProperty("linkTarget") String linkTarget) {}
