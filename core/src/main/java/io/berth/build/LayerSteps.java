package io.berth.build;

import io.berth.image.WorkLease;
import io.berth.layers.RootMount;
import io.berth.layers.Snapshotter;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes layers: each in a snapshot of its own, committed when all went well, else removed. */
final class LayerSteps {
  private final Snapshotter snapshotter;
  private final WorkLease lease;
  private final Clock clock;

  LayerSteps(Snapshotter snapshotter, WorkLease lease, Clock clock) {
    this.snapshotter = snapshotter;
    this.lease = lease;
    this.clock = clock;
  }

  /** What a step does in its root. */
  @FunctionalInterface
  interface Work {
    void in(RootMount root);
  }

  /** Whether the layer of a cached result still exists. */
  boolean exists(StepResult result) {
    return result
        .layer()
        .map(layer -> snapshotter.stat(layer.chainId().toString()).isPresent())
        .orElse(true);
  }

  /**
   * Adds a layer.
   *
   * @param below the diffIDs of the layers that it rests on, lowest first
   */
  StepResult make(List<Digest> below, Work work) {
    return makeUnlessUnchanged(
        below,
        root -> {
          work.in(root);
          return true;
        });
  }

  /** As {@link #make}, but without a layer when the work says that it has changed nothing. */
  StepResult makeUnlessUnchanged(List<Digest> below, Predicate<RootMount> work) {
    Optional<String> parent =
        below.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(below).toString());
    String key = lease.begin();
    try {
      if (!work.test(snapshotter.prepare(key, parent))) {
        return new StepResult(Optional.empty(), clock.instant());
      }
      Snapshotter.LayerDigest layer = snapshotter.diff(key, OutputStream.nullOutputStream());
      List<Digest> stack = new ArrayList<>(below);
      stack.add(layer.diffId());
      Digest chainId = ChainId.of(stack);
      snapshotter.commit(key, chainId.toString());
      return new StepResult(
          Optional.of(new StepResult.Layer(layer.diffId(), chainId, layer.size())),
          clock.instant());
    } finally {
      lease.end(key);
    }
  }
}
