package io.berth.remote.image;

import io.berth.dockerfile.IgnorePatterns;
import io.berth.layers.Compression;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Writes the context of a build as a tar, all of it root's, as docker sends it. */
final class ContextTar {
  private final TarWriter tar;
  private final byte[] buffer = new byte[128 << 10];

  ContextTar(OutputStream out) {
    this.tar = new TarWriter(out);
  }

  /**
   * Adds what is in a directory.
   *
   * @param kept what goes along whatever the patterns say
   */
  void directory(Path directory, IgnorePatterns ignored, Set<String> kept) throws IOException {
    try (Fd root = FileCalls.openDirectory(directory.toRealPath());
        Fd listed = FileCalls.openForListing(root, ".")) {
      children(listed, "", ignored, kept);
    }
  }

  private void children(Fd directory, String prefix, IgnorePatterns ignored, Set<String> kept)
      throws IOException {
    List<DirEntry> entries = FileCalls.list(directory);
    entries.sort(Comparator.comparing(DirEntry::name));
    for (DirEntry each : entries) {
      String path = prefix + each.name();
      FileStatus status = StatusCalls.stat(directory, each.name());
      boolean included = !ignored.matches(path) || kept.contains(path);
      if (!status.isDirectory()) {
        if (included) {
          file(directory, each.name(), path, status);
        }
        continue;
      }
      if (included) {
        tar.begin(entry(TarType.DIRECTORY, path + "/", "", status));
      }
      if (included
          || ignored.mayContainIncluded(path)
          || kept.stream().anyMatch(k -> k.startsWith(path + "/"))) {
        try (Fd below = FileCalls.openForListing(directory, each.name())) {
          children(below, path + "/", ignored, kept);
        }
      }
    }
  }

  /** Sockets, pipes and devices are left out: no step reads them. */
  private void file(Fd parent, String name, String path, FileStatus status) throws IOException {
    if (status.isSymlink()) {
      tar.begin(entry(TarType.SYMLINK, path, FileCalls.readlink(parent, name), status));
    } else if (status.isRegular()) {
      try (InputStream in =
          FileIo.inputStream(
              FileCalls.open(parent, name, OpenFlags.RDONLY | OpenFlags.NOFOLLOW, 0, 0))) {
        tar.begin(entry(TarType.REGULAR, path, "", status));
        content(in, status.size(), path);
      }
    }
  }

  private void content(InputStream in, long size, String path) throws IOException {
    for (long left = size; left > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        throw new IOException(path + " became shorter while it was sent");
      }
      tar.write(buffer, 0, count);
      left -= count;
    }
  }

  private static TarEntry entry(TarType type, String path, String target, FileStatus status) {
    TarEntry plain = TarEntry.of(type, path, status.mode());
    return new TarEntry(
        type,
        path,
        target,
        status.mode(),
        0,
        0,
        type == TarType.REGULAR ? status.size() : 0,
        status.mtime(),
        0,
        0,
        plain.xattrs(),
        Optional.empty());
  }

  /** Adds files that are in memory. */
  void files(Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      file(file.getKey(), file.getValue());
    }
  }

  void file(String name, byte[] content) throws IOException {
    String path = name.replaceFirst("^/+", "");
    tar.begin(TarEntry.of(TarType.REGULAR, path, 0644).withSize(content.length));
    tar.write(content, 0, content.length);
  }

  void text(String name, String content) throws IOException {
    file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds what is in another tar. */
  void archive(InputStream in) throws IOException {
    TarReader reader = new TarReader(Compression.decompress(in, OptionalLong.empty()));
    for (Optional<TarEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
      TarEntry t = e.get();
      tar.begin(
          new TarEntry(
              t.type(),
              t.name(),
              t.linkName(),
              t.mode(),
              t.uid(),
              t.gid(),
              t.size(),
              t.mtime(),
              t.devMajor(),
              t.devMinor(),
              t.xattrs(),
              Optional.empty()));
      content(reader.content(), t.type() == TarType.REGULAR ? t.size() : 0, t.name());
    }
    in.transferTo(OutputStream.nullOutputStream());
  }

  void finish() throws IOException {
    tar.finish();
  }
}
