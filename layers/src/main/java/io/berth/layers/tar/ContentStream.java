package io.berth.layers.tar;

import io.berth.layers.tar.TarEntry.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;

/** The content of an entry, with zeros where a sparse file has holes. */
final class ContentStream extends InputStream {
  private final TarReader tar;
  private final Iterator<Segment> segments;
  private final long size;
  private long position;
  private long dataStart;
  private long dataEnd;

  ContentStream(TarReader tar, TarEntry entry) {
    this.tar = tar;
    this.segments = entry.segments().iterator();
    this.size = entry.size();
    nextSegment();
  }

  private void nextSegment() {
    if (segments.hasNext()) {
      Segment next = segments.next();
      dataStart = next.offset();
      dataEnd = next.offset() + next.length();
    } else {
      dataStart = size;
      dataEnd = size;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    while (position == dataEnd && position < size) {
      nextSegment();
      if (dataEnd == size && dataStart == size) {
        break;
      }
    }
    if (position == size) {
      return -1;
    }
    int n;
    if (position < dataStart) {
      n = (int) Math.min(length, dataStart - position);
      Arrays.fill(bytes, offset, offset + n, (byte) 0);
    } else {
      n = tar.read(bytes, offset, (int) Math.min(length, dataEnd - position));
    }
    position += n;
    return n;
  }
}
