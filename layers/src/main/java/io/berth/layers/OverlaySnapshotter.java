package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.layers.RootMount.Flavor;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileRights;
import io.berth.linux.FileStatus;
import io.berth.linux.StatusCalls;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Snapshots as overlay layers: each keeps only what it changed. */
final class OverlaySnapshotter implements Snapshotter {
  private static final String FILES = "fs";
  private static final String WORK = "work";

  private final SnapshotIndex index;
  private final FileRights access;
  private final Flavor flavor;

  OverlaySnapshotter(Path directory, Flavor flavor, FileRights access) {
    this.index = new SnapshotIndex(directory, access);
    this.flavor = flavor;
    this.access = access;
  }

  @Override
  public String name() {
    return flavor == Flavor.FUSE ? "fuse-overlayfs" : "overlay";
  }

  @Override
  public FileRights access() {
    return access;
  }

  @Override
  public RootMount prepare(String key, Optional<String> parent) {
    return prepare(key, parent, Optional.empty());
  }

  @Override
  public Optional<RootMount> prepareOver(String key, Optional<String> parent, String earlier) {
    Optional<SnapshotRecord> found =
        index.find(earlier).filter(each -> each.committed() && each.base().isEmpty());
    if (found.isEmpty() || flavor == Flavor.FUSE) {
      return Optional.empty();
    }
    RootMount mount = prepare(key, parent, Optional.of(found.get().number()));
    if (!index.find(earlier).equals(found)) {
      index.remove(key); // from here on nobody could have removed it, but before somebody did
      return Optional.empty();
    }
    return Optional.of(mount);
  }

  private RootMount prepare(String key, Optional<String> parent, Optional<Integer> base) {
    if (index.find(key).isPresent()) {
      throw index.taken(key);
    }
    List<Integer> below = below(parent);
    int number = index.reserve();
    boolean done = false;
    try {
      makeDirectories(number, below);
      SnapshotRecord made = SnapshotRecord.active(key, number, parent, below).on(base);
      index.publish(made);
      done = true;
      return mount(made);
    } finally {
      if (!done) {
        index.release(number);
      }
    }
  }

  /** The numbers of the snapshots below one that rests on a parent, uppermost first. */
  private List<Integer> below(Optional<String> parent) {
    return parent.map(index::committed).map(SnapshotRecord::all).orElseGet(List::of);
  }

  private void makeDirectories(int number, List<Integer> below) {
    FileCalls.mkdir(access.cwd(), files(number).toString(), 0755);
    FileCalls.mkdir(access.cwd(), index.directory(number).resolve(WORK).toString(), 0700);
    takeRootAttributes(number, below);
  }

  /** The root of a stack shows the attributes of its uppermost directory. */
  private void takeRootAttributes(int number, List<Integer> below) {
    String files = files(number).toString();
    FileStatus made = StatusCalls.stat(access.cwd(), files);
    int mode = 0755;
    if (!below.isEmpty()) {
      FileStatus under = StatusCalls.stat(access.cwd(), files(below.get(0)).toString());
      mode = under.mode();
      if (under.uid() != made.uid() || under.gid() != made.gid()) {
        StatusCalls.chown(access.cwd(), files, under.uid(), under.gid());
      }
    }
    if (made.mode() != mode) {
      StatusCalls.chmod(access.cwd(), files, mode);
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
    if (snapshot.under().isEmpty()) {
      return new RootMount.Directory(own, snapshot.committed(), access);
    }
    List<Path> below = snapshot.under().stream().map(this::files).toList();
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
  public void limitTimes(String key, Instant limit) {
    Path files = files(index.active(key).number());
    try (Fd root = FileCalls.openForListing(access.cwd(), files.toString())) {
      // All that is in the upper directory has changed.
      new TimeLimit(limit, changed -> true).apply(root);
    }
  }

  @Override
  public LayerDigest apply(String key, InputStream tar) {
    SnapshotRecord snapshot = index.active(key);
    try (Lower lower = lower(snapshot)) {
      return extract(key, snapshot.number(), lower, tar).digest();
    }
  }

  @Override
  public LayerDigest unpack(String key, Optional<Supplier<String>> parent, InputStream tar) {
    if (index.find(key).isPresent()) {
      throw index.taken(key);
    }
    int number = index.reserve();
    boolean done = false;
    try (Lower lower = new Lower(parent.map(under -> () -> mount(under.get())))) {
      makeDirectories(number, List.of());
      Extracted layer = extract(key, number, lower, tar);
      Optional<String> name = parent.map(Supplier::get);
      List<Integer> below = below(name);
      if (!layer.root() && !below.isEmpty()) {
        takeRootAttributes(number, below);
      }
      index.publish(SnapshotRecord.active(key, number, name, below));
      done = true;
      return layer.digest();
    } finally {
      if (!done) {
        index.release(number);
      }
    }
  }

  @Override
  public boolean unpacksAhead() {
    return true;
  }

  /**
   * @param root whether the layer brought attributes for the root itself
   */
  private record Extracted(LayerDigest digest, boolean root) {}

  private Extracted extract(String key, int number, Lower lower, InputStream tar) {
    Digester digester = Digester.sha256();
    WhiteoutStyle style = style();
    try (Fd root = FileCalls.openForListing(access.cwd(), files(number).toString());
        LayerTree tree = new LayerTree(root, lower, style)) {
      boolean ownRoot = new LayerExtractor(tree).extract(new DigestingInput(tar, digester));
      return new Extracted(new LayerDigest(digester.digest(), digester.size()), ownRoot);
    } catch (IOException e) {
      throw new StorageException(
          "Cannot unpack a layer into snapshot " + key + ": " + e.getMessage(), e);
    }
  }

  @Override
  public LayerDigest diff(String key, OutputStream tar) {
    SnapshotRecord snapshot = index.require(key);
    try (Lower lower = lower(snapshot)) {
      return Differences.write(key, tar, out -> diff(snapshot, lower, out));
    }
  }

  @Override
  public long usage(String key) {
    return index.usage(key, snapshot -> DiskUsage.of(access, files(snapshot.number())));
  }

  @Override
  public List<PathChange> changes(String key) {
    SnapshotRecord snapshot = index.require(key);
    try (Lower lower = lower(snapshot)) {
      return Differences.list(key, lower, out -> diff(snapshot, lower, out));
    }
  }

  private void diff(SnapshotRecord snapshot, Lower lower, ChangeSink out) throws IOException {
    List<Fd> own = new ArrayList<>();
    try {
      for (int number : snapshot.own()) {
        own.add(FileCalls.openForListing(access.cwd(), files(number).toString()));
      }
      new OverlayDiff(own, lower, flavor == Flavor.FUSE, out).write();
    } finally {
      own.forEach(Fd::close);
    }
  }

  /** In a user namespace nobody may set trusted attributes; fuse-overlayfs knows both. */
  private WhiteoutStyle style() {
    boolean trusted = flavor == Flavor.TRUSTED || flavor == Flavor.FUSE && access.isDirect();
    return trusted ? WhiteoutStyle.OVERLAY : WhiteoutStyle.OVERLAY_USER;
  }

  private Lower lower(SnapshotRecord snapshot) {
    if (snapshot.below().isEmpty()) {
      return Lower.none();
    }
    List<Path> below = snapshot.below().stream().map(this::files).toList();
    return new Lower(
        Optional.of(() -> new RootMount.Overlay(below, Optional.empty(), flavor, access)));
  }

  @Override
  public void close() {
    index.close();
  }
}
