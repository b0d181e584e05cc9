package io.berth.image;

import io.berth.api.Image;
import io.berth.internal.Pipe;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotter.LayerDigest;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Reference;
import io.berth.oci.RunConfig;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes images of what containers have written. */
public final class ImageCommits {
  private final ImageStore store;
  private final Clock clock;

  public ImageCommits(ImageStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What is to become an image.
   *
   * @param base the image that it rests on
   * @param snapshot what was written on top
   * @param config before the changes
   * @param changes instructions such as {@code CMD ["run"]}
   * @param createdBy the command of the container, for the history
   */
  public record Commit(
      Digest base,
      String snapshot,
      RunConfig config,
      List<String> changes,
      String createdBy,
      String author,
      String message,
      List<Reference> names) {
    public Commit {
      changes = List.copyOf(changes);
      names = List.copyOf(names);
    }
  }

  /** The image that it stands on. */
  public ImageConfig config(Digest image) {
    return store.get(image.toString()).config();
  }

  /** Refuses what is no change of a configuration, before anything is done. */
  public static void check(String change) {
    ConfigInstructions.applyAll(RunConfig.empty(), List.of(change));
  }

  public Image execute(Commit commit) {
    RunConfig config = ConfigInstructions.applyAll(commit.config, commit.changes);
    try (WorkLease lease = store.lease()) {
      StoredImage base = store.get(commit.base.toString());
      Optional<LayerDigest> layer = layer(lease, base, commit.snapshot);
      Instant now = clock.instant();
      History step =
          new History(
              Optional.of(now),
              Optional.of(commit.createdBy),
              Optional.of(commit.author).filter(a -> !a.isEmpty()),
              Optional.of(commit.message).filter(m -> !m.isEmpty()),
              layer.isEmpty());
      ImageConfig.Builder image =
          base.config().toBuilder().dropUnknown().created(now).author(commit.author).config(config);
      List<Long> sizes = new ArrayList<>(base.layerSizes());
      layer.ifPresentOrElse(
          made -> {
            image.addLayer(made.diffId(), step);
            sizes.add(made.size());
          },
          () -> image.addStep(step));
      return store.view(store.add(image.build(), sizes, commit.names));
    }
  }

  /** Empty when the container has written nothing. */
  private Optional<LayerDigest> layer(WorkLease lease, StoredImage base, String snapshot) {
    Snapshotter snapshotter = store.snapshotter();
    if (snapshotter.changes(snapshot).isEmpty()) {
      return Optional.empty();
    }
    String key = lease.begin();
    try {
      snapshotter.prepare(key, base.topSnapshot());
      LayerDigest layer =
          Pipe.run(
              "commit a layer",
              out -> snapshotter.diff(snapshot, out),
              in -> snapshotter.apply(key, in));
      List<Digest> stack = new ArrayList<>(base.config().diffIds());
      stack.add(layer.diffId());
      snapshotter.commit(key, ChainId.of(stack).toString());
      return Optional.of(layer);
    } finally {
      lease.end(key);
    }
  }
}
