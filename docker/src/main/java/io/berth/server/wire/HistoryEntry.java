package io.berth.server.wire;

import java.util.List;

/** A step in the making of an image; created is in seconds. */
public record HistoryEntry(
    String comment, long created, String createdBy, String id, long size, List<String> tags) {}
