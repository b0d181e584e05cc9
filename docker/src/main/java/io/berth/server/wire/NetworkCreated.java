package io.berth.server.wire;

/** A network was made. */
public record NetworkCreated(String id, String warning) {}
