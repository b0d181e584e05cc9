package io.berth.server.wire;

import java.util.List;

/** Which parts of the build cache were removed; null for none. */
public record BuildPruneReport(List<String> cachesDeleted, long spaceReclaimed) {}
