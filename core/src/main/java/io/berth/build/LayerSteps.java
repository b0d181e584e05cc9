package io.berth.build;

import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.image.WorkLease;
import io.berth.layers.RootMount;
import io.berth.layers.Snapshotter;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Makes layers: each in a snapshot of its own, committed when all went well, else removed. */
final class LayerSteps {
  private static final int PIPE = 1 << 20;

  private final Snapshotter snapshotter;
  private final WorkLease lease;
  private final Clock clock;
  private final Optional<Instant> youngest;

  /**
   * @param youngest the latest modification time that files in new layers may have
   */
  LayerSteps(Snapshotter snapshotter, WorkLease lease, Clock clock, Optional<Instant> youngest) {
    this.snapshotter = snapshotter;
    this.lease = lease;
    this.clock = clock;
    this.youngest = youngest;
  }

  Snapshotter snapshotter() {
    return snapshotter;
  }

  WorkLease lease() {
    return lease;
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
    String key = lease.begin();
    try {
      if (!work.test(snapshotter.prepare(key, name(below)))) {
        return new StepResult(Optional.empty(), clock.instant());
      }
      youngest.ifPresent(time -> snapshotter.limitTimes(key, time));
      return new StepResult(Optional.of(commit(key, below)), clock.instant());
    } finally {
      lease.end(key);
    }
  }

  /** Whether layers may begin with the files of others: not when times are changed afterwards. */
  boolean canShare() {
    return youngest.isEmpty();
  }

  /**
   * Adds a layer that begins with what an earlier one has changed.
   *
   * @param work gives false when it cannot use that
   * @return empty in that case, or when the earlier layer is not there any more
   */
  Optional<StepResult> makeOver(List<Digest> below, String earlier, Predicate<RootMount> work) {
    String key = lease.begin();
    try {
      return snapshotter
          .prepareOver(key, name(below), earlier)
          .filter(work)
          .map(root -> new StepResult(Optional.of(commit(key, below)), clock.instant()));
    } finally {
      lease.end(key);
    }
  }

  /** Makes an active snapshot a layer. */
  private StepResult.Layer commit(String key, List<Digest> below) {
    Snapshotter.LayerDigest layer = snapshotter.diff(key, OutputStream.nullOutputStream());
    List<Digest> stack = new ArrayList<>(below);
    stack.add(layer.diffId());
    Digest chainId = ChainId.of(stack);
    snapshotter.commit(key, chainId.toString());
    return new StepResult.Layer(layer.diffId(), chainId, layer.size());
  }

  private static Optional<String> name(List<Digest> layers) {
    return layers.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(layers).toString());
  }

  /** Puts a layer that was made alone on top of others. */
  StepResult onTop(List<Digest> below, StepResult alone) {
    if (below.isEmpty() || alone.layer().isEmpty()) {
      return alone;
    }
    StepResult.Layer layer = alone.layer().get();
    List<Digest> stack = new ArrayList<>(below);
    stack.add(layer.diffId());
    Digest chainId = ChainId.of(stack);
    if (snapshotter.stat(chainId.toString()).isEmpty()) {
      stack(below, chainId, List.of(layer.chainId().toString()));
    }
    return new StepResult(
        Optional.of(new StepResult.Layer(layer.diffId(), chainId, layer.size())), alone.created());
  }

  /** Applies a layer's tar, which must have the expected digest. */
  StepResult.Layer apply(List<Digest> below, Digest diffId, InputStream tar) {
    List<Digest> stack = new ArrayList<>(below);
    stack.add(diffId);
    Digest chainId = ChainId.of(stack);
    String key = lease.begin();
    try {
      snapshotter.prepare(key, name(below));
      Snapshotter.LayerDigest found = snapshotter.apply(key, tar);
      if (!found.diffId().equals(diffId)) {
        throw new InvalidInputException(
            "a layer of the imported cache should be "
                + diffId
                + ", found "
                + found.diffId()
                + "; the cache is damaged");
      }
      snapshotter.commit(key, chainId.toString());
      return new StepResult.Layer(diffId, chainId, found.size());
    } finally {
      lease.end(key);
    }
  }

  /** One layer in place of several, which rest on others one after the other. */
  StepResult.Layer squash(List<Digest> below, List<String> snapshots) {
    String key = lease.begin();
    try {
      snapshotter.prepare(key, name(below));
      snapshots.forEach(each -> pipe(each, key));
      return commit(key, below);
    } finally {
      lease.end(key);
    }
  }

  private void stack(List<Digest> below, Digest chainId, List<String> snapshots) {
    String key = lease.begin();
    try {
      snapshotter.prepare(key, name(below));
      snapshots.forEach(each -> pipe(each, key));
      snapshotter.commit(key, chainId.toString());
    } finally {
      lease.end(key);
    }
  }

  /** Applies the changes of a snapshot to an active one. */
  private void pipe(String from, String to) {
    PipedInputStream in = new PipedInputStream(PIPE);
    PipedOutputStream connected = connect(in);
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = connected) {
                snapshotter.diff(from, out);
              } catch (IOException e) {
                failure.set(new StorageException("Cannot copy a layer: " + e, e));
              } catch (RuntimeException e) {
                failure.set(e);
              }
            },
            "berth-layer-copy");
    writer.setDaemon(true);
    try (in) {
      writer.start();
      snapshotter.apply(to, in);
      in.transferTo(OutputStream.nullOutputStream());
      writer.join();
    } catch (IOException e) {
      throw new StorageException("Cannot copy a layer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("The build was interrupted", e);
    }
    if (failure.get() != null) {
      throw failure.get();
    }
  }

  private static PipedOutputStream connect(PipedInputStream in) {
    try {
      return new PipedOutputStream(in);
    } catch (IOException e) {
      throw new StorageException("Cannot copy a layer: " + e, e);
    }
  }
}
