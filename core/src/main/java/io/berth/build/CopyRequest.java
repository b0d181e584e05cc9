package io.berth.build;

import io.berth.dockerfile.IgnorePatterns;
import java.util.List;
import java.util.Optional;

/**
 * What a COPY or ADD instruction asks for, its variables expanded.
 *
 * @param destination absolute; with a trailing slash when it was written as a directory
 * @param chown as written
 * @param link whether the layer does not depend on those below
 * @param parents whether the directories of the sources are kept
 * @param excludes patterns as in a .dockerignore file
 * @param unpack whether archives are unpacked; local ones alone, as ADD does, when empty
 * @param unpackedLimit the most bytes that an archive may unpack to
 */
record CopyRequest(
    String keyword,
    String destination,
    Optional<String> chown,
    Optional<ModeChange> chmod,
    boolean link,
    boolean parents,
    List<String> excludes,
    Optional<Boolean> unpack,
    long unpackedLimit) {
  CopyRequest {
    excludes = List.copyOf(excludes);
  }

  /** Of the files of a whole tree, as they are. */
  static CopyRequest everything() {
    return new CopyRequest(
        "COPY",
        "/",
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        List.of(),
        Optional.of(false),
        0);
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

  IgnorePatterns excluded() {
    return IgnorePatterns.parse(String.join("\n", excludes));
  }

  /** Whether local archives are unpacked. */
  boolean unpacksLocal() {
    return unpack.orElse(keyword.equals("ADD"));
  }

  /** What the result depends on, besides the files. */
  void addTo(KeyDigest key) {
    key.add(destination)
        .add(chown.orElse(""))
        .add(chmod.map(ModeChange::toString).orElse(""))
        .add(String.valueOf(parents))
        .add(excludes)
        .add(keyword)
        .add(String.valueOf(unpack));
  }
}
