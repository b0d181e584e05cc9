package io.berth.server.wire;

import java.util.List;

/** All volumes. */
public record VolumeList(List<VolumeDetails> volumes, List<String> warnings) {}
