package io.berth.remote.container;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Streams of this program that are to be connected to a process of a remote engine. */
record Stdio(
    Optional<InputStream> stdin, Optional<OutputStream> stdout, Optional<OutputStream> stderr) {
  static final Stdio NONE = new Stdio(Optional.empty(), Optional.empty(), Optional.empty());

  boolean any() {
    return stdin.isPresent() || stdout.isPresent() || stderr.isPresent();
  }

  Stdio reading(InputStream in) {
    return new Stdio(Optional.of(in), stdout, stderr);
  }

  Stdio writing(OutputStream out, OutputStream error) {
    return new Stdio(stdin, Optional.of(out), Optional.of(error));
  }
}
