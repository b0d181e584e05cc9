package io.berth.server.wire;

import java.util.List;

/** Which containers were removed; null for none. */
public record ContainerPruneReport(List<String> containersDeleted, long spaceReclaimed) {}
