package io.berth.server.wire;

import java.util.List;

/** Which volumes were removed, by name. */
public record VolumePruneReport(List<String> volumesDeleted, long spaceReclaimed) {}
