package io.berth.api;

import java.io.OutputStream;

/** A file or directory of a container, to be written as a tar; made by {@link FileAccess}. */
public interface FileArchive extends AutoCloseable {

  /** What the path names. */
  PathStat stat();

  /**
   * Writes the tar, whose entries begin with the name of what was asked for: {@code etc/}, {@code
   * etc/passwd}; with {@code ./} when the path ends in {@code /.}. The stream is not closed.
   */
  void writeTo(OutputStream tar);

  @Override
  void close();
}
