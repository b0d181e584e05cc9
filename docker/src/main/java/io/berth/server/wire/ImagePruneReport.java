package io.berth.server.wire;

import java.util.List;

/** What was removed. */
public record ImagePruneReport(List<DeletedImage> imagesDeleted, long spaceReclaimed) {}
