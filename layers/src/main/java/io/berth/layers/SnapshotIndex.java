package io.berth.layers;

import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileLock;
import io.berth.linux.FileRights;
import io.berth.linux.OpenFlags;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which snapshots there are, shared by the drivers and by all processes that use one directory.
 *
 * <pre>
 *   snapshots/lock       shared: making one; exclusive: committing and removing a parent
 *   snapshots/users      shared by everybody who has it open; exclusive: clearing leftovers
 *   snapshots/keys/kNAME a {@link SnapshotRecord}; a snapshot exists when this file does
 *   snapshots/12/        its files; numbers are short, so that many fit in a mount option
 *   snapshots/12/usage   how many bytes they take, once that was asked for
 * </pre>
 *
 * <p>A directory is filled first, and its record is renamed into place last; on removal the record
 * goes first. So a crash leaves at most directories without a record.
 */
final class SnapshotIndex implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotIndex.class);
  private static final String RECORD = "record";
  private static final String USAGE = "usage";

  private final Path root;
  private final FileRights access;
  private final Fd dir;
  private final Fd keys;
  private final FileLock user;
  private final AtomicInteger next;

  SnapshotIndex(Path root, FileRights access) {
    this.root = root;
    this.access = access;
    try {
      Files.createDirectories(root.resolve("keys"));
    } catch (IOException e) {
      throw new StorageException("Cannot make " + root + ": " + e.getMessage(), e);
    }
    Optional<FileLock> alone = FileLock.tryExclusive(root.resolve("users"));
    this.user = alone.orElseGet(() -> FileLock.shared(root.resolve("users")));
    this.dir = FileCalls.open(access.cwd(), root.toString(), OpenFlags.DIRECTORY, 0, 0);
    this.keys = FileCalls.open(dir, "keys", OpenFlags.DIRECTORY, 0, 0);
    this.next = new AtomicInteger();
    if (alone.isPresent()) {
      clearLeftovers();
      user.share();
    }
    next.set(highest() + 1);
  }

  FileRights access() {
    return access;
  }

  Path directory(int number) {
    return root.resolve(Integer.toString(number));
  }

  /** Makes a directory that no other process has. */
  int reserve() {
    while (true) {
      int number = next.getAndIncrement();
      try {
        FileCalls.mkdir(dir, Integer.toString(number), 0700);
        return number;
      } catch (SystemCallException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
        next.accumulateAndGet(highest() + 1, Math::max);
      }
    }
  }

  /** Gives back a directory that was reserved and not published. */
  void release(int number) {
    Trees.remove(dir, Integer.toString(number));
  }

  /** Makes a filled directory a snapshot. Its parent must still be there. */
  @SuppressWarnings("try") // the lock is held, not used
  void publish(SnapshotRecord snapshot) {
    try (FileLock lock = FileLock.shared(root.resolve("lock"))) {
      if (snapshot.parent().isPresent()) {
        SnapshotRecord parent = committed(snapshot.parent().get());
        if (parent.number() != snapshot.below().get(0)) {
          throw new ConflictException(
              "The parent " + parent.key() + " was replaced while " + snapshot.key() + " was made");
        }
      }
      if (!put(snapshot)) {
        throw taken(snapshot.key());
      }
    }
  }

  ConflictException taken(String key) {
    return new ConflictException(
        "There is a snapshot " + key + " already in " + root + "; remove it or choose another key");
  }

  SnapshotRecord require(String key) {
    return find(key)
        .orElseThrow(() -> new NotFoundException("No such snapshot: " + key + " in " + root));
  }

  SnapshotRecord active(String key) {
    SnapshotRecord found = require(key);
    if (found.committed()) {
      throw new ConflictException(
          "The snapshot " + key + " is committed and cannot change; prepare another on top of it");
    }
    return found;
  }

  SnapshotRecord committed(String key) {
    SnapshotRecord found = require(key);
    if (!found.committed()) {
      throw new NotFoundException(
          "The snapshot " + key + " is not committed, so none can rest on it; commit it first");
    }
    return found;
  }

  Optional<SnapshotRecord> find(String key) {
    return read(SnapshotRecord.fileName(key));
  }

  private Optional<SnapshotRecord> read(String name) {
    Optional<Fd> fd = FileCalls.openIfPresent(keys, name, OpenFlags.RDONLY, 0);
    if (fd.isEmpty()) {
      return Optional.empty();
    }
    try (Fd file = fd.get()) {
      return Optional.of(SnapshotRecord.parse(name, FileIo.readSmall(file)));
    }
  }

  List<SnapshotRecord> list() {
    List<SnapshotRecord> all = new ArrayList<>();
    try (Fd listing = FileCalls.openForListing(dir, "keys")) {
      for (DirEntry entry : FileCalls.list(listing)) {
        read(entry.name()).ifPresent(all::add);
      }
    }
    return all;
  }

  /**
   * Renames an active snapshot to a committed one, or removes it when that name was there first.
   */
  @SuppressWarnings("try") // the lock is held, not used
  void commit(String key, String name) {
    SnapshotRecord active;
    boolean first;
    try (FileLock lock = FileLock.exclusive(root.resolve("lock"))) {
      active = active(key);
      first = put(active.committedAs(name));
      if (!first) {
        if (!require(name).committed()) {
          throw taken(name);
        }
      }
      FileCalls.unlink(keys, SnapshotRecord.fileName(key));
    }
    if (!first) {
      release(active.number());
    }
  }

  @SuppressWarnings("try") // the lock is held, not used
  void remove(String key) {
    Optional<SnapshotRecord> found = find(key);
    if (found.isEmpty()) {
      return;
    }
    boolean committed = found.get().committed();
    Path file = root.resolve("lock");
    try (FileLock lock = committed ? FileLock.exclusive(file) : FileLock.shared(file)) {
      if (committed) {
        checkUnused(found.get());
      }
      if (!find(key).equals(found)) {
        return; // somebody else removed it, and perhaps made another since
      }
      try {
        FileCalls.unlink(keys, SnapshotRecord.fileName(key));
      } catch (SystemCallException e) {
        if (e.errno() == Errno.ENOENT) {
          return;
        }
        throw e;
      }
    }
    release(found.get().number());
  }

  private void checkUnused(SnapshotRecord snapshot) {
    for (SnapshotRecord each : list()) {
      if (each.parent().equals(Optional.of(snapshot.key()))
          || each.base().equals(Optional.of(snapshot.number()))) {
        throw new ConflictException(
            "The snapshot "
                + snapshot.key()
                + " is in use: "
                + each.key()
                + " rests on it; remove that first");
      }
    }
  }

  /** Writes a record into the snapshot's own directory and moves it to a free key. */
  private boolean put(SnapshotRecord snapshot) {
    String temporary = snapshot.number() + "/" + RECORD;
    int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.TRUNC;
    try (Fd file = FileCalls.open(dir, temporary, flags, 0600, 0)) {
      FileIo.writeSmall(file, snapshot.toBytes());
    }
    try {
      FileCalls.rename(
          dir,
          temporary,
          keys,
          SnapshotRecord.fileName(snapshot.key()),
          FileCalls.RENAME_NOREPLACE);
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
  }

  /**
   * How many bytes a snapshot takes. What is committed does not change, so it is measured once.
   *
   * @param measure looks at all its files
   */
  long usage(String key, ToLongFunction<SnapshotRecord> measure) {
    Optional<SnapshotRecord> found = find(key);
    if (found.isEmpty() || !found.get().committed()) {
      return found.map(measure::applyAsLong).orElse(0L);
    }
    String file = found.get().number() + "/" + USAGE;
    Optional<Fd> known = FileCalls.openIfPresent(dir, file, OpenFlags.RDONLY, 0);
    if (known.isPresent()) {
      try (Fd open = known.get()) {
        return Long.parseLong(new String(FileIo.readSmall(open), StandardCharsets.US_ASCII));
      } catch (NumberFormatException e) {
        // Torn by a power cut: measured again.
      }
    }
    long bytes = measure.applyAsLong(found.get());
    keepUsage(found.get().number() + "/", bytes);
    return bytes;
  }

  private void keepUsage(String directory, long bytes) {
    String temporary = directory + USAGE + "-" + UUID.randomUUID();
    int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL;
    try {
      try (Fd file = FileCalls.open(dir, temporary, flags, 0600, 0)) {
        FileIo.writeSmall(file, Long.toString(bytes).getBytes(StandardCharsets.US_ASCII));
      }
      FileCalls.rename(dir, temporary, dir, directory + USAGE, 0);
    } catch (SystemCallException e) {
      // The snapshot was removed meanwhile, or the disk is full: it is measured again next time.
      LOG.debug("Cannot keep the usage of {}: {}", directory, e.getMessage());
    }
  }

  private int highest() {
    int highest = 0;
    for (String name : numberedDirectories()) {
      highest = Math.max(highest, Integer.parseInt(name));
    }
    return highest;
  }

  private List<String> numberedDirectories() {
    try (Fd listing = FileCalls.openForListing(access.cwd(), root.toString())) {
      return FileCalls.list(listing).stream()
          .map(DirEntry::name)
          .filter(name -> name.matches("[1-9][0-9]{0,8}"))
          .toList();
    }
  }

  /** Called while no other process has this directory open. */
  private void clearLeftovers() {
    List<SnapshotRecord> records = list();
    Set<Integer> committed = new HashSet<>();
    records.stream()
        .filter(SnapshotRecord::committed)
        .forEach(each -> committed.add(each.number()));
    for (SnapshotRecord each : records) {
      // A crash between the two steps of a commit leaves the active name beside the committed one.
      if (!each.committed() && committed.contains(each.number())) {
        LOG.info("Finishing the commit of snapshot {}", each.key());
        FileCalls.unlink(keys, SnapshotRecord.fileName(each.key()));
      }
    }
    try (Fd listing = FileCalls.openForListing(access.cwd(), root.toString())) {
      FileCalls.list(listing).stream()
          .map(DirEntry::name)
          .filter(name -> name.startsWith(Snapshotters.PROBE))
          .forEach(name -> Trees.remove(dir, name));
    }
    Set<Integer> known = SnapshotRecord.numbers(records);
    for (String name : numberedDirectories()) {
      if (!known.contains(Integer.valueOf(name))) {
        LOG.info("Removing {}/{}, left by a crash", root, name);
        Trees.remove(dir, name);
      }
    }
  }

  @Override
  public void close() {
    keys.close();
    dir.close();
    user.close();
  }
}
