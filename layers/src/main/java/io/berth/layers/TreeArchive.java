package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.StatusCalls;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Comparator;
import java.util.List;

/**
 * Writes a tree of files as a tar archive while others may change it: no symlink is followed, and
 * what goes meanwhile is left out.
 *
 * <pre>{@code
 * TreeArchive.write(parent, "etc", "etc", out); // etc/, etc/passwd, ...
 * }</pre>
 */
public final class TreeArchive {
  private final TarWriter tar;
  private final ChangeWriter files;

  private TreeArchive(OutputStream out) {
    this.tar = new TarWriter(out);
    this.files = new ChangeWriter(tar, true);
  }

  /**
   * Writes one file, or a directory with all that is in it.
   *
   * @param name in the parent; {@code .} for the parent itself
   * @param as the name in the archive, such as {@code .} or {@code /}; empty to leave out the
   *     directory itself and write what is in it
   */
  public static void write(Fd parent, String name, String as, OutputStream out) throws IOException {
    TreeArchive archive = new TreeArchive(out);
    FileStatus status = StatusCalls.stat(parent, name);
    archive.entry(parent, name, as, status);
    archive.tar.finish();
  }

  private void entry(Fd parent, String name, String path, FileStatus status) throws IOException {
    if (!status.isDirectory()) {
      files.file(parent, name, path, status, ChangeWriter.attributes(parent, name));
      return;
    }
    try (Fd directory = FileCalls.openForListing(parent, name)) {
      if (!path.isEmpty()) {
        tar.begin(
            ChangeWriter.entry(
                TarType.DIRECTORY, path, status, "", ChangeWriter.attributes(directory, "")));
      }
      List<DirEntry> entries = FileCalls.list(directory);
      entries.sort(Comparator.comparing(DirEntry::name));
      for (DirEntry each : entries) {
        child(directory, each.name(), join(path, each.name()));
      }
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() || path.endsWith("/") ? path + name : path + "/" + name;
  }

  private void child(Fd directory, String name, String path) throws IOException {
    try {
      entry(directory, name, path, StatusCalls.stat(directory, name));
    } catch (SystemCallException e) {
      // Removed, or replaced by a file of another kind, since the directory was listed.
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
        throw e;
      }
    }
  }
}
