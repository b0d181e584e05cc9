package io.berth.build;

import io.berth.oci.Digest;
import java.util.List;
import java.util.Optional;

/** A cache of another engine. Thread-safe. */
interface CacheImport {

  /**
   * The result of a step, its layer unpacked in this engine; empty when it is not known there.
   *
   * @param below the layers that the result rests on
   */
  Optional<StepResult> take(Digest key, List<Digest> below);
}
