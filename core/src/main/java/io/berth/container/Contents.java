package io.berth.container;

import io.berth.image.ImageCommits;
import io.berth.layers.RootMount;
import io.berth.layers.RootMount.Overlay;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.layers.UnpackLimit;
import io.berth.linux.RootDir;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is done with the files of containers from outside. */
public final class Contents {
  private final Snapshotter snapshotter;
  private final Views views;
  private final Users users;
  private final ImageCommits commits;
  private final Path stubs;
  private final UnpackLimit limit;

  /**
   * @param dataDirectory the engine's
   * @param limit of what is copied into containers and out of them
   */
  public Contents(
      Snapshotter snapshotter,
      Views views,
      Users users,
      ImageCommits commits,
      Path dataDirectory,
      UnpackLimit limit) {
    this.snapshotter = snapshotter;
    this.views = views;
    this.users = users;
    this.commits = commits;
    this.stubs = StubLayer.in(dataDirectory);
    this.limit = limit;
  }

  ImageCommits commits() {
    return commits;
  }

  /**
   * @param points of one that does not run
   */
  DefaultFileAccess files(ContainerConfig config, Path directory, Life life, Views.Points points) {
    String key = config.snapshotKey();
    return new DefaultFileAccess(
        config,
        () -> views.open(config, directory, life, () -> snapshotter.mount(key), points),
        () -> unmounted(config),
        () -> snapshotter.changes(key),
        root -> users.resolve(root, config.spec().process()),
        limit);
  }

  /**
   * The root file system of a container without what is mounted in it; read-only, so that it may be
   * open while the container runs.
   */
  RootDir unmounted(ContainerConfig config) {
    RootMount root = snapshotter.mount(config.snapshotKey());
    if (!(root instanceof Overlay overlay)) {
      return RootDir.openReadOnly(root.access(), ((RootMount.Directory) root).path());
    }
    List<Path> layers = new ArrayList<>();
    overlay.writable().ifPresent(own -> layers.add(own.upper()));
    layers.addAll(overlay.lowers());
    layers.add(stubs);
    return SnapshotViews.open(
        new Overlay(layers, Optional.empty(), overlay.flavor(), overlay.access()));
  }
}
