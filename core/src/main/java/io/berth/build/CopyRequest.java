package io.berth.build;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a COPY or ADD instruction asks for, its variables expanded.
 *
 * @param destination absolute; with a trailing slash when it was written as a directory
 * @param chown as written
 * @param unpack whether archives are unpacked, as ADD does
 */
record CopyRequest(
    String keyword,
    List<String> sources,
    String destination,
    Optional<String> chown,
    OptionalInt chmod,
    boolean unpack) {
  CopyRequest {
    sources = List.copyOf(sources);
  }

  boolean intoDirectory() {
    return destination.endsWith("/");
  }

  /** The destination without trailing slash; empty for the root. */
  String path() {
    String path = destination;
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return path;
  }
}
