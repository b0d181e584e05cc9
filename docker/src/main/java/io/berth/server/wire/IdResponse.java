package io.berth.server.wire;

/** The id of what was made. */
public record IdResponse(String id) {}
