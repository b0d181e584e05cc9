package io.berth.server.wire;

/** A change in the files of a container: 0 modified, 1 added, 2 deleted. */
public record FileChange(String path, int kind) {}
