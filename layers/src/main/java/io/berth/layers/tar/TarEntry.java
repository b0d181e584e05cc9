package io.berth.layers.tar;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An entry of a tar archive, without its content.
 *
 * @param name as written, bytes as in {@link io.berth.linux.Names}
 * @param linkName the target of a symlink or hard link, else empty
 * @param mode permission bits with setuid, setgid and sticky
 * @param size of the content with its holes; 0 for all but regular files
 * @param xattrs extended attributes
 * @param data which parts of a sparse file are in the archive; empty when it is not sparse
 */
public record TarEntry(
    TarType type,
    String name,
    String linkName,
    int mode,
    long uid,
    long gid,
    long size,
    Instant mtime,
    int devMajor,
    int devMinor,
    SortedMap<String, byte[]> xattrs,
    Optional<List<Segment>> data) {

  public TarEntry {
    xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
    data = data.map(List::copyOf);
  }

  /** A run of bytes in a sparse file. */
  public record Segment(long offset, long length) {}

  /** An entry with neither owner nor attributes: root's, from 1970. */
  public static TarEntry of(TarType type, String name, int mode) {
    return new TarEntry(
        type, name, "", mode, 0, 0, 0, Instant.EPOCH, 0, 0, new TreeMap<>(), Optional.empty());
  }

  /** The same with content of another size. */
  public TarEntry withSize(long bytes) {
    return new TarEntry(
        type, name, linkName, mode, uid, gid, bytes, mtime, devMajor, devMinor, xattrs, data);
  }

  /** A hard link to an earlier entry. */
  public TarEntry asHardLink(String target) {
    return new TarEntry(
        TarType.HARD_LINK,
        name,
        target,
        mode,
        uid,
        gid,
        0,
        mtime,
        0,
        0,
        new TreeMap<>(),
        Optional.empty());
  }

  /** The runs of bytes that the archive holds. */
  public List<Segment> segments() {
    return data.orElseGet(() -> size == 0 ? List.of() : List.of(new Segment(0, size)));
  }

  long storedSize() {
    return segments().stream().mapToLong(Segment::length).sum();
  }
}
