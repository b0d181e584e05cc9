package io.berth.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the files of an image or a container are on this host.
 *
 * @param driver {@code overlay}, {@code fuse-overlayfs} or {@code copy}
 * @param lower directories that are only read, the topmost first; with {@code copy} the one
 *     directory that has everything
 * @param upper what a container has written, where that is apart
 * @param work the second directory that an overlay needs
 */
public record FileLayers(
    String driver, List<Path> lower, Optional<Path> upper, Optional<Path> work) {
  public FileLayers {
    Objects.requireNonNull(driver, "driver");
    lower = List.copyOf(lower);
  }
}
