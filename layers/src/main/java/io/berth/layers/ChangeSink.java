package io.berth.layers;

import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.linux.Fd;
import io.berth.linux.FileStatus;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Takes the differences between two trees, in order. A directory that is only on the way to a
 * change is held back until the change comes.
 */
abstract class ChangeSink {
  private final Deque<TarEntry> heldBack = new ArrayDeque<>();

  /** Begins a directory, which counts when something inside it does, or on demand. */
  TarEntry holdBack(String path, FileStatus status, SortedMap<String, byte[]> xattrs) {
    TarEntry entry = ChangeWriter.entry(TarType.DIRECTORY, path, status, "", xattrs);
    heldBack.addLast(entry);
    return entry;
  }

  /** Ends a directory; it is left out if it is still held back and not changed itself. */
  void end(TarEntry directory, boolean changed) throws IOException {
    if (changed) {
      release();
    }
    if (isHeldBack(directory)) {
      heldBack.removeLast();
    }
  }

  boolean isHeldBack(TarEntry directory) {
    return !heldBack.isEmpty() && heldBack.peekLast() == directory;
  }

  void release() throws IOException {
    while (!heldBack.isEmpty()) {
      directory(heldBack.removeFirst());
    }
  }

  /** A directory that counts. */
  abstract void directory(TarEntry entry) throws IOException;

  /** A name of the lower tree that is gone. */
  abstract void whiteout(String directory, String name) throws IOException;

  /** A directory in which nothing of the lower tree is left. */
  abstract void opaque(String directory) throws IOException;

  /** Anything but a directory. */
  abstract void file(
      Fd parent, String name, String path, FileStatus status, SortedMap<String, byte[]> xattrs)
      throws IOException;

  /** Whether the contents of files are read. */
  boolean readsContent() {
    return false;
  }

  /**
   * The same.
   *
   * @param content the file, when it is open already; it stays the caller's
   */
  void file(
      Fd parent,
      String name,
      String path,
      FileStatus status,
      SortedMap<String, byte[]> xattrs,
      Optional<Fd> content)
      throws IOException {
    file(parent, name, path, status, xattrs);
  }

  abstract void finish() throws IOException;
}
