package io.berth.build;

import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import java.util.List;
import java.util.Optional;

/**
 * Files of an image or stage, which are looked at when they are needed: never when all is cached.
 */
final class SnapshotPart implements CopyPart {
  private final Snapshotter snapshotter;
  private final CopyRequest request;
  private final List<String> sources;
  private final String snapshot;
  private final String where;
  private Optional<RootDir> root = Optional.empty();
  private Optional<TreePart> files = Optional.empty();

  /**
   * @param snapshot the topmost layer
   * @param where its name in error messages
   */
  SnapshotPart(
      Snapshotter snapshotter,
      CopyRequest request,
      List<String> sources,
      String snapshot,
      String where) {
    this.snapshotter = snapshotter;
    this.request = request;
    this.sources = sources;
    this.snapshot = snapshot;
    this.where = where;
  }

  /** A committed snapshot never changes, so its name stands for its files. */
  @Override
  public Optional<Digest> quickKey() {
    return Optional.of(new KeyDigest("sources 2").add(snapshot).add(sources).digest());
  }

  @Override
  public int count() {
    return files().count();
  }

  @Override
  public void addTo(KeyDigest key) {
    files().addTo(key);
  }

  @Override
  public void copy(TreeWriter to, CopyRequest asked, Ownership ownership, boolean inside) {
    files().copy(to, asked, ownership, inside);
  }

  TreePart files() {
    if (files.isEmpty()) {
      RootDir opened = SnapshotViews.open(snapshotter.mount(snapshot));
      root = Optional.of(opened);
      SourceTree tree = SourceTree.whole(opened.fd());
      files =
          Optional.of(
              TreePart.of(
                  request,
                  sources,
                  tree,
                  where,
                  true,
                  item -> BuildContext.contentDigest(tree, item)));
    }
    return files.get();
  }

  @Override
  public void close() {
    root.ifPresent(RootDir::close);
    root = Optional.empty();
  }
}
