package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.RootDir;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies one file of a lower layer, without its attributes. */
final class CopyUp {
  private CopyUp() {}

  static void copy(RootDir from, String path, FileStatus status, Fd parent, String name) {
    switch (status.type()) {
      case REGULAR -> copyContent(from, path, parent, name);
      case SYMLINK -> FileCalls.symlink(from.readlink(path), parent, name);
      default ->
          FileCalls.mknod(
              parent, name, status.type(), 0600, status.rdevMajor(), status.rdevMinor());
    }
  }

  private static void copyContent(RootDir from, String path, Fd parent, String name) {
    int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.EXCL | OpenFlags.NOFOLLOW;
    try (InputStream in = from.read(path);
        OutputStream out = FileIo.outputStream(FileCalls.open(parent, name, flags, 0600, 0))) {
      in.transferTo(out);
    } catch (IOException e) {
      throw new StorageException("Cannot copy " + path + " of " + from + ": " + e.getMessage(), e);
    }
  }
}
