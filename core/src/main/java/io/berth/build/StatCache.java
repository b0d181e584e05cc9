package io.berth.build;

import io.berth.error.StorageException;
import io.berth.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The content digests of a context's files, kept between builds, so that a file is read again only
 * after it has changed. What changed is seen from size, times and inode; the change time cannot be
 * set back by programs, so a rewrite that restores the modification time is seen too.
 */
final class StatCache {
  private static final int MAGIC = 0x42535401;
  private static final int MOST_ENTRIES = 500_000;
  // A file that is written twice within one tick of the kernel's clock keeps its times; what
  // changed so shortly before it was read is not trusted later.
  private static final long CLOCK_TICK = TimeUnit.MILLISECONDS.toNanos(50);

  /** What a file's metadata says about its content. */
  record Stamp(long size, long modifiedNanos, long changedNanos, long inode) {}

  private record Entry(Stamp stamp, Digest digest) {}

  private final Optional<Path> file;
  private final Map<String, Entry> entries;
  private volatile boolean changed;

  private StatCache(Optional<Path> file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = new ConcurrentHashMap<>(entries);
  }

  /** A cache that is not kept. */
  static StatCache inMemory() {
    return new StatCache(Optional.empty(), Map.of());
  }

  /** Where the cache of a context is kept. */
  static Path file(Path directory, Path context) {
    return directory.resolve(new KeyDigest("context").add(context.toString()).digest().hex());
  }

  /** Where this is kept, if it is. */
  Optional<Path> file() {
    return file;
  }

  /** Loads the cache of a context; a file that is absent or damaged is an empty cache. */
  static StatCache load(Path directory, Path context) {
    Path file = file(directory, context);
    Optional<DataInputStream> kept = SummedFile.read(file);
    try {
      return new StatCache(Optional.of(file), kept.isPresent() ? read(kept.get()) : Map.of());
    } catch (IOException e) {
      return new StatCache(Optional.of(file), Map.of());
    }
  }

  /**
   * The digest of a file.
   *
   * @param read reads the file, when that is needed
   */
  Digest digest(String path, Stamp stamp, Supplier<Digest> read) {
    Entry known = entries.get(path);
    if (known != null && known.stamp().equals(stamp)) {
      return known.digest();
    }
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    Digest digest = read.get();
    if (stamp.changedNanos() < now - CLOCK_TICK) {
      entries.put(path, new Entry(stamp, digest));
      changed = true;
    }
    return digest;
  }

  /** Writes what is new, if anything is; returns whether it has written. */
  boolean save() {
    if (!changed || file.isEmpty() || entries.size() > MOST_ENTRIES) {
      return false;
    }
    changed = false;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(entries.size());
      for (Map.Entry<String, Entry> entry : entries.entrySet()) {
        Stamp stamp = entry.getValue().stamp();
        out.writeUTF(entry.getKey());
        out.writeLong(stamp.size());
        out.writeLong(stamp.modifiedNanos());
        out.writeLong(stamp.changedNanos());
        out.writeLong(stamp.inode());
        out.write(HexFormat.of().parseHex(entry.getValue().digest().hex()));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot encode " + file + ": " + e, e);
    }
    SummedFile.write(file.get(), bytes.toByteArray());
    return true;
  }

  private static Map<String, Entry> read(DataInputStream from) throws IOException {
    Map<String, Entry> entries = new HashMap<>();
    try (DataInputStream in = from) {
      if (in.readInt() != MAGIC) {
        return entries;
      }
      int count = in.readInt();
      byte[] digest = new byte[32];
      for (int i = 0; i < count; i++) {
        String path = in.readUTF();
        Stamp stamp = new Stamp(in.readLong(), in.readLong(), in.readLong(), in.readLong());
        in.readFully(digest);
        entries.put(
            path, new Entry(stamp, new Digest(Digest.SHA256, HexFormat.of().formatHex(digest))));
      }
    }
    return entries;
  }
}
