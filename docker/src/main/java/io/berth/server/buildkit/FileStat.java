package io.berth.server.buildkit;

import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.linux.Names;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.ProtoMessage;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A file as fsutil tells of it.
 *
 * @param path relative, with slashes
 * @param mode as Go's os.FileMode has it
 * @param link where a symbolic link leads, or the path of which this is another name
 */
record FileStat(
    String path,
    int mode,
    long uid,
    long gid,
    long size,
    Instant modified,
    String link,
    SortedMap<String, byte[]> xattrs) {
  private static final int DIRECTORY = 1 << 31;
  private static final int SYMLINK = 1 << 27;
  private static final int SETUID = 1 << 23;
  private static final int SETGID = 1 << 22;
  private static final int STICKY = 1 << 20;
  // Directories, links, pipes, sockets, devices, and what is none of them.
  private static final int TYPES =
      DIRECTORY | SYMLINK | 1 << 25 | 1 << 24 | 1 << 26 | 1 << 21 | 1 << 19;

  static FileStat of(ProtoMessage stat) {
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    stat.messages(10).forEach(entry -> xattrs.put(entry.text(1), entry.bytes(2)));
    long nanos = stat.number(6);
    return new FileStat(
        checked(Names.decode(stat.bytes(1))),
        (int) stat.number(2),
        stat.number(3),
        stat.number(4),
        Math.max(0, stat.number(5)),
        Instant.ofEpochSecond(
            Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)),
        Names.decode(stat.bytes(7)),
        xattrs);
  }

  /** Refuses what names nothing below the directory that is sent. */
  private static String checked(String path) {
    boolean bad = path.isEmpty() || path.indexOf('\0') >= 0 || path.startsWith("/");
    for (String name : path.split("/", -1)) {
      bad |= name.isEmpty() || name.equals(".") || name.equals("..");
    }
    if (bad) {
      throw new GrpcException(
          Code.INVALID_ARGUMENT, "the client sends a file with the path \"" + path + "\"");
    }
    return path;
  }

  boolean isDirectory() {
    return (mode & DIRECTORY) != 0;
  }

  boolean isSymlink() {
    return (mode & SYMLINK) != 0;
  }

  /** Whether it is a file of which content can be asked for. */
  boolean isRegular() {
    return (mode & TYPES) == 0;
  }

  boolean isHardLink() {
    return isRegular() && !link.isEmpty();
  }

  boolean hasContent() {
    return isRegular() && link.isEmpty() && size > 0;
  }

  private int permissions() {
    return mode & 0777
        | ((mode & SETUID) != 0 ? 04000 : 0)
        | ((mode & SETGID) != 0 ? 02000 : 0)
        | ((mode & STICKY) != 0 ? 01000 : 0);
  }

  /** For a tar; pipes, sockets and devices have none, for no step reads them. */
  Optional<TarEntry> entry(long length) {
    if (isDirectory()) {
      return Optional.of(entry(TarType.DIRECTORY, path + "/", "", 0));
    }
    if (isSymlink()) {
      return Optional.of(entry(TarType.SYMLINK, path, link, 0));
    }
    if (isHardLink()) {
      return Optional.of(entry(TarType.HARD_LINK, path, checked(link), 0));
    }
    return isRegular() ? Optional.of(entry(TarType.REGULAR, path, "", length)) : Optional.empty();
  }

  private TarEntry entry(TarType type, String name, String target, long length) {
    return new TarEntry(
        type,
        name,
        target,
        permissions(),
        uid,
        gid,
        length,
        modified,
        0,
        0,
        type == TarType.REGULAR || type == TarType.DIRECTORY ? xattrs : new TreeMap<>(),
        Optional.empty());
  }

  /** About how much memory it takes. */
  int weight() {
    return 200 + path.length() + link.length();
  }
}
