package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileRights;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Snapshots as whole copies, for file systems and kernels that do not allow overlayfs. Blocks are
 * shared where the file system can (btrfs, XFS).
 */
final class CopySnapshotter implements Snapshotter {
  private static final String FILES = "fs";
  // Its modification time tells when the copy was complete, on the file system's own clock.
  private static final String STAMP = "copied";

  private final SnapshotIndex index;
  private final FileRights access;

  CopySnapshotter(Path directory, FileRights access) {
    this.index = new SnapshotIndex(directory, access);
    this.access = access;
  }

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public FileRights access() {
    return access;
  }

  @Override
  public RootMount prepare(String key, Optional<String> parent) {
    if (index.find(key).isPresent()) {
      throw index.taken(key);
    }
    Optional<SnapshotRecord> under = parent.map(index::committed);
    int number = index.reserve();
    boolean done = false;
    try {
      String files = files(number).toString();
      FileCalls.mkdir(access.cwd(), files, 0755);
      StatusCalls.chmod(access.cwd(), files, 0755);
      under.ifPresent(from -> copy(from.number(), number));
      String stamp = index.directory(number).resolve(STAMP).toString();
      FileCalls.open(access.cwd(), stamp, OpenFlags.WRONLY | OpenFlags.CREAT, 0600, 0).close();
      List<Integer> below = under.map(from -> List.of(from.number())).orElseGet(List::of);
      index.publish(SnapshotRecord.active(key, number, parent, below));
      done = true;
    } finally {
      if (!done) {
        index.release(number);
      }
    }
    return new RootMount.Directory(files(number), false, access);
  }

  /** Every snapshot has all its files for itself. */
  @Override
  public Optional<RootMount> prepareOver(String key, Optional<String> parent, String earlier) {
    return Optional.empty();
  }

  private void copy(int from, int to) {
    try (Fd source = FileCalls.openForListing(access.cwd(), files(from).toString());
        Fd target = FileCalls.openForListing(access.cwd(), files(to).toString())) {
      TreeCopy.copy(source, target);
    }
  }

  private Path files(int number) {
    return index.directory(number).resolve(FILES);
  }

  @Override
  public RootMount mount(String key) {
    SnapshotRecord snapshot = index.require(key);
    return new RootMount.Directory(files(snapshot.number()), snapshot.committed(), access);
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
    SnapshotRecord snapshot = index.active(key);
    Instant copied = copied(snapshot);
    try (Fd root = FileCalls.openForListing(access.cwd(), files(snapshot.number()).toString())) {
      new TimeLimit(limit, status -> !status.ctime().isBefore(copied)).apply(root);
    }
  }

  private Instant copied(SnapshotRecord snapshot) {
    String stamp = index.directory(snapshot.number()).resolve(STAMP).toString();
    return StatusCalls.stat(access.cwd(), stamp).mtime();
  }

  @Override
  public LayerDigest apply(String key, InputStream tar) {
    SnapshotRecord snapshot = index.active(key);
    Digester digester = Digester.sha256();
    try (Lower none = Lower.none();
        Fd root = FileCalls.openForListing(access.cwd(), files(snapshot.number()).toString());
        LayerTree tree = new LayerTree(root, none, WhiteoutStyle.REMOVE)) {
      new LayerExtractor(tree).extract(new DigestingInput(tar, digester));
    } catch (IOException e) {
      throw new StorageException(
          "Cannot unpack a layer into snapshot " + key + ": " + e.getMessage(), e);
    }
    return new LayerDigest(digester.digest(), digester.size());
  }

  @Override
  public LayerDigest unpack(String key, Optional<Supplier<String>> parent, InputStream tar) {
    prepare(key, parent.map(Supplier::get));
    boolean done = false;
    try {
      LayerDigest layer = apply(key, tar);
      done = true;
      return layer;
    } finally {
      if (!done) {
        remove(key);
      }
    }
  }

  @Override
  public boolean unpacksAhead() {
    return false;
  }

  @Override
  public LayerDigest diff(String key, OutputStream tar) {
    SnapshotRecord snapshot = index.require(key);
    return Differences.write(key, tar, out -> diff(snapshot, out));
  }

  @Override
  public long usage(String key) {
    return index.usage(key, snapshot -> DiskUsage.of(access, files(snapshot.number())));
  }

  @Override
  public List<PathChange> changes(String key) {
    SnapshotRecord snapshot = index.require(key);
    Optional<Supplier<RootMount>> under =
        snapshot.below().stream()
            .findFirst()
            .map(number -> () -> new RootMount.Directory(files(number), true, access));
    try (Lower lower = new Lower(under)) {
      return Differences.list(key, lower, out -> diff(snapshot, out));
    }
  }

  private void diff(SnapshotRecord snapshot, ChangeSink out) throws IOException {
    TreeDiff diff = new TreeDiff(copied(snapshot), out);
    try (Fd now = FileCalls.openForListing(access.cwd(), files(snapshot.number()).toString())) {
      if (snapshot.below().isEmpty()) {
        diff.write(Optional.empty(), now);
      } else {
        String under = files(snapshot.below().get(0)).toString();
        try (Fd before = FileCalls.openForListing(access.cwd(), under)) {
          diff.write(Optional.of(before), now);
        }
      }
    }
  }

  @Override
  public void close() {
    index.close();
  }
}
