package io.berth.layers;

import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.linux.Fd;
import io.berth.linux.FileIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes the content of tar entries to files, leaving holes where it is zeros. */
public final class FileExtractor {
  private static final int BLOCK = 4096;
  private static final byte[] ZEROS = new byte[BLOCK];

  private byte[] bytes = {}; // until it is needed
  private ByteBuffer direct;

  /** Writes the present entry of the archive to an empty file. */
  public void extract(TarReader tar, TarEntry entry, Fd file) throws IOException {
    if (bytes.length == 0) {
      bytes = new byte[128 << 10];
      direct = ByteBuffer.allocateDirect(bytes.length);
    }
    long written = 0; // the offset of the descriptor
    for (TarEntry.Segment segment : entry.segments()) {
      long offset = segment.offset();
      long end = offset + segment.length();
      while (offset < end) {
        int n = fill(tar, (int) Math.min(bytes.length, end - offset));
        written = write(file, written, offset, n);
        offset += n;
      }
    }
    if (written < entry.size()) {
      FileIo.truncate(file, entry.size());
    }
  }

  private int fill(TarReader tar, int length) throws IOException {
    int done = 0;
    while (done < length) {
      done += tar.read(bytes, done, length - done);
    }
    return done;
  }

  /** Writes the runs between blocks of zeros; the new offset of the descriptor. */
  private long write(Fd file, long descriptorOffset, long offset, int length) {
    long at = descriptorOffset;
    for (int start = 0; start < length; ) {
      int end = start;
      while (end < length && !isZero(end, Math.min(BLOCK, length - end))) {
        end = Math.min(length, end + BLOCK);
      }
      if (end > start) {
        if (at != offset + start) {
          FileIo.seek(file, offset + start);
        }
        direct.clear().put(bytes, start, end - start).flip();
        FileIo.writeFully(file, direct);
        at = offset + end;
      }
      start = end;
      while (start < length && isZero(start, Math.min(BLOCK, length - start))) {
        start = Math.min(length, start + BLOCK);
      }
    }
    return at;
  }

  /** Short tails are data: a hole would save nothing. */
  private boolean isZero(int from, int length) {
    return length == BLOCK
        && bytes[from] == 0
        && Arrays.equals(bytes, from, from + BLOCK, ZEROS, 0, BLOCK);
  }
}
