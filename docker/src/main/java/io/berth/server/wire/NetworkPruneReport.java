package io.berth.server.wire;

import java.util.List;

/** Which networks were removed; null for none. */
public record NetworkPruneReport(List<String> networksDeleted) {}
