package io.berth.build;

import io.berth.oci.Digest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cache of one build: the engine's own, and what was imported; remembers what it was used for.
 */
final class BuildCache {
  private final StepCache steps;
  private final List<CacheImport> imports;
  private final Runnable grown;
  private final Map<Digest, StepResult> used = new LinkedHashMap<>();
  private final Map<Digest, StepResult> earlier = new HashMap<>();

  /**
   * @param grown is done when a result is kept
   */
  BuildCache(StepCache steps, List<CacheImport> imports, Runnable grown) {
    this.grown = grown;
    this.steps = steps;
    this.imports = List.copyOf(imports);
  }

  Optional<StepResult> find(Digest key) {
    return steps.find(key);
  }

  void put(Digest key, StepResult result) {
    steps.put(key, result);
    grown.run();
  }

  /** Takes a result from an imported cache, with its layer. */
  Optional<StepResult> imported(Digest key, List<Digest> below) {
    for (CacheImport each : imports) {
      Optional<StepResult> found = each.take(key, below);
      if (found.isPresent()) {
        put(key, found.get());
        return found;
      }
    }
    return Optional.empty();
  }

  /** A result of this very build, for another platform: no step is run twice in a build. */
  synchronized Optional<StepResult> earlier(Digest key) {
    return Optional.ofNullable(earlier.get(key));
  }

  /** The build goes on with the next platform. */
  synchronized void nextPlatform() {
    earlier.putAll(used);
  }

  /** Notes a result that this build rests on. */
  synchronized void used(Digest key, StepResult result) {
    used.put(key, result);
  }

  /** All results that this build rests on. */
  synchronized Map<Digest, StepResult> used() {
    return new LinkedHashMap<>(used);
  }
}
