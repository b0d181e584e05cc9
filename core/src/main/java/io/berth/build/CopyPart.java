package io.berth.build;

import io.berth.oci.Digest;
import java.util.Optional;

/** Some of what a COPY or ADD copies: found, and not yet copied. */
interface CopyPart extends AutoCloseable {

  /** A digest that is known without looking at the files; empty when there is none. */
  default Optional<Digest> quickKey() {
    return Optional.empty();
  }

  /** How many files and directories go to the destination itself. */
  int count();

  /** Adds all that is copied: names, types, modes and contents; times do not count. */
  void addTo(KeyDigest key);

  /**
   * Copies.
   *
   * @param inside whether the destination is a directory that the files go into
   */
  void copy(TreeWriter to, CopyRequest request, Ownership ownership, boolean inside);

  /** Ends what was opened to look at the files. */
  @Override
  default void close() {}
}
