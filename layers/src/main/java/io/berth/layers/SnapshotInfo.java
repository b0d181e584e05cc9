package io.berth.layers;

import java.util.Optional;

/**
 * A snapshot as listed.
 *
 * @param key its name
 * @param parent the committed snapshot that it rests on, if any
 * @param committed whether it is immutable
 */
public record SnapshotInfo(String key, Optional<String> parent, boolean committed) {}
