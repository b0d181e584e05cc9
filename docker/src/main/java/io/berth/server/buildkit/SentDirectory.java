package io.berth.server.buildkit;

import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarWriter;
import io.berth.server.grpc.GrpcException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * A directory of the client's as a tar, made while it is read: so a context of a session is built
 * from, limited and defended against as any other.
 */
final class SentDirectory extends InputStream {
  private final DiffCopy files;
  private final Set<String> left;
  private final LongConsumer done;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(buffer);
  private byte[] ready = {};
  private int at;
  private int index;
  private long lacking;
  private boolean within;
  private boolean ended;

  /**
   * @param left paths that are left out
   * @param done hears at the end how many bytes there were
   */
  SentDirectory(DiffCopy files, Set<String> left, LongConsumer done) {
    this.files = files;
    this.left = left;
    this.done = done;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == ready.length) {
      if (ended) {
        return -1;
      }
      advance();
      ready = buffer.toByteArray();
      at = 0;
      buffer.reset();
    }
    int count = Math.min(length, ready.length - at);
    System.arraycopy(ready, at, bytes, offset, count);
    at += count;
    return count;
  }

  private void advance() throws IOException {
    try {
      if (within) {
        content();
      } else if (index < files.stats().size()) {
        entry(files.stats().get(index));
      } else {
        files.finish();
        tar.finish();
        ended = true;
        done.accept(files.received());
      }
    } catch (GrpcException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void entry(FileStat stat) throws IOException {
    Optional<TarEntry> entry =
        left.contains(stat.path()) ? Optional.empty() : stat.entry(stat.size());
    if (entry.isEmpty()) {
      // Also of what is left out no content is asked for before its turn; then none is.
      index++;
      return;
    }
    tar.begin(entry.get());
    lacking = entry.get().size();
    within = stat.hasContent();
    if (!within) {
      index++;
    }
  }

  /** What a file has grown by since it was listed is left away, as where tars are sent. */
  private void content() throws IOException {
    Optional<byte[]> part = files.next(index);
    if (part.isPresent()) {
      int count = (int) Math.min(lacking, part.get().length);
      tar.write(part.get(), 0, count);
      lacking -= count;
      return;
    }
    if (lacking > 0) {
      throw new IOException(
          files.stats().get(index).path() + " became shorter while the client sent it");
    }
    within = false;
    index++;
  }

  @Override
  public void close() {
    files.close();
  }
}
