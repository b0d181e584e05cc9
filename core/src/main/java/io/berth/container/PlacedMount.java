package io.berth.container;

import io.berth.api.MountPoint;
import io.berth.layers.RootMount;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A mount of a container that can be made now.
 *
 * @param source on this host, for binds and volumes
 * @param tree the layers of an image
 */
record PlacedMount(MountPoint point, Path source, Optional<RootMount> tree) {}
