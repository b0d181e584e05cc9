package io.berth.container;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** The streams of this JVM that a container is connected to. */
record Streams(
    Optional<InputStream> stdin, Optional<OutputStream> stdout, Optional<OutputStream> stderr) {
  static final Streams NONE = new Streams(Optional.empty(), Optional.empty(), Optional.empty());

  boolean any() {
    return stdin.isPresent() || stdout.isPresent() || stderr.isPresent();
  }
}
