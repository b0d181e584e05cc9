package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What went wrong. */
public record ErrorMessage(@JsonProperty("message") String message) {}
