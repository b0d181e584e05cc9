package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.layers.RootMount.Flavor;
import io.berth.linux.Fd;
import io.berth.linux.FileAccess;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Snapshots as overlay layers: each keeps only what it changed. */
final class OverlaySnapshotter implements Snapshotter {
  private static final String FILES = "fs";
  private static final String WORK = "work";

  private final SnapshotIndex index;
  private final FileAccess access;
  private final Flavor flavor;

  OverlaySnapshotter(Path directory, Flavor flavor, FileAccess access) {
    this.index = new SnapshotIndex(directory, access);
    this.flavor = flavor;
    this.access = access;
  }

  @Override
  public String name() {
    return flavor == Flavor.FUSE ? "fuse-overlayfs" : "overlay";
  }

  @Override
  public RootMount prepare(String key, Optional<String> parent) {
    if (index.find(key).isPresent()) {
      throw index.taken(key);
    }
    List<Integer> below = new ArrayList<>();
    parent
        .map(index::committed)
        .ifPresent(
            under -> {
              below.add(under.number());
              below.addAll(under.below());
            });
    int number = index.reserve();
    boolean done = false;
    try {
      makeDirectories(number, below);
      SnapshotRecord made = new SnapshotRecord(key, number, parent, below, false);
      index.publish(made);
      done = true;
      return mount(made);
    } finally {
      if (!done) {
        index.release(number);
      }
    }
  }

  /** The root of a stack shows the attributes of its uppermost directory. */
  private void makeDirectories(int number, List<Integer> below) {
    String files = files(number).toString();
    FileCalls.mkdir(access.cwd(), files, 0755);
    FileCalls.mkdir(access.cwd(), index.directory(number).resolve(WORK).toString(), 0700);
    FileStatus made = FileCalls.stat(access.cwd(), files);
    int mode = 0755;
    if (!below.isEmpty()) {
      FileStatus under = FileCalls.stat(access.cwd(), files(below.get(0)).toString());
      mode = under.mode();
      if (under.uid() != made.uid() || under.gid() != made.gid()) {
        FileCalls.chown(access.cwd(), files, under.uid(), under.gid());
      }
    }
    if (made.mode() != mode) {
      FileCalls.chmod(access.cwd(), files, mode);
    }
  }

  private Path files(int number) {
    return index.directory(number).resolve(FILES);
  }

  @Override
  public RootMount mount(String key) {
    return mount(index.require(key));
  }

  private RootMount mount(SnapshotRecord snapshot) {
    Path own = files(snapshot.number());
    if (snapshot.below().isEmpty()) {
      return new RootMount.Directory(own, snapshot.committed(), access);
    }
    List<Path> below = snapshot.below().stream().map(this::files).toList();
    if (snapshot.committed()) {
      List<Path> all = Stream.concat(Stream.of(own), below.stream()).toList();
      return new RootMount.Overlay(all, Optional.empty(), flavor, access);
    }
    Path work = index.directory(snapshot.number()).resolve(WORK);
    return new RootMount.Overlay(
        below, Optional.of(new RootMount.Writable(own, work)), flavor, access);
  }

  @Override
  public void commit(String key, String name) {
    index.commit(key, name);
  }

  @Override
  public void remove(String key) {
    index.remove(key);
  }

  @Override
  public Optional<SnapshotInfo> stat(String key) {
    return index.find(key).map(SnapshotRecord::info);
  }

  @Override
  public List<SnapshotInfo> list() {
    return index.list().stream().map(SnapshotRecord::info).toList();
  }

  @Override
  public LayerDigest apply(String key, InputStream tar) {
    SnapshotRecord snapshot = index.active(key);
    Digester digester = Digester.sha256();
    WhiteoutStyle style = style();
    try (Lower lower = lower(snapshot);
        Fd root = FileCalls.openForListing(access.cwd(), files(snapshot.number()).toString());
        LayerTree tree = new LayerTree(root, lower, style)) {
      new LayerExtractor(tree).extract(new DigestingInput(tar, digester));
    } catch (IOException e) {
      throw new StorageException(
          "Cannot unpack a layer into snapshot " + key + ": " + e.getMessage(), e);
    }
    return new LayerDigest(digester.digest(), digester.size());
  }

  @Override
  public LayerDigest diff(String key, OutputStream tar) {
    SnapshotRecord snapshot = index.require(key);
    Digester digester = Digester.sha256();
    try (Lower lower = lower(snapshot);
        Fd upper = FileCalls.openForListing(access.cwd(), files(snapshot.number()).toString())) {
      OutputStream out = new DigestingOutput(tar, digester);
      new OverlayDiff(upper, lower, flavor == Flavor.FUSE, out).write();
    } catch (IOException e) {
      throw new StorageException(
          "Cannot write the changes of snapshot " + key + ": " + e.getMessage(), e);
    }
    return new LayerDigest(digester.digest(), digester.size());
  }

  /** In a user namespace nobody may set trusted attributes; fuse-overlayfs knows both. */
  private WhiteoutStyle style() {
    boolean trusted = flavor == Flavor.TRUSTED || flavor == Flavor.FUSE && access.isDirect();
    return trusted ? WhiteoutStyle.OVERLAY : WhiteoutStyle.OVERLAY_USER;
  }

  private Lower lower(SnapshotRecord snapshot) {
    if (snapshot.below().isEmpty()) {
      return new Lower(Optional.empty());
    }
    List<Path> below = snapshot.below().stream().map(this::files).toList();
    return new Lower(Optional.of(new RootMount.Overlay(below, Optional.empty(), flavor, access)));
  }

  @Override
  public void close() {
    index.close();
  }
}
