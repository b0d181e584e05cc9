package io.berth.layers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses with gzip on several threads, as pigz does: blocks of a fixed size, each with the last
 * 32 KiB before it as its dictionary, make one stream that every gunzip reads. The bytes depend on
 * nothing but the content, whatever the number of threads; memory is bounded.
 *
 * <pre>{@code
 * try (OutputStream out = new ParallelGzip(file)) { snapshotter.diff(key, out); }
 * }</pre>
 */
public final class ParallelGzip extends OutputStream {
  private static final int BLOCK = 512 << 10;
  private static final int WINDOW = 32 << 10;
  // A little larger than the default's output, and twice as fast.
  private static final int LEVEL = 4;
  // RFC 1952: no name, no time, made on Unix.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};

  private final OutputStream out;
  private final ExecutorService threads;
  private final int ahead;
  private final Deque<Future<Packed>> running = new ArrayDeque<>();
  private final CRC32 crc = new CRC32();
  private byte[] block = new byte[BLOCK];
  private byte[] dictionary = {};
  private int filled;
  private long size;
  private boolean closed;

  private record Packed(byte[] bytes, int length) {}

  /** Compresses to a stream, on as many threads as there are processors. */
  public ParallelGzip(OutputStream out) throws IOException {
    this(out, Runtime.getRuntime().availableProcessors());
  }

  ParallelGzip(OutputStream out, int threads) throws IOException {
    this.out = out;
    this.ahead = threads + 1;
    this.threads = Executors.newFixedThreadPool(threads, ParallelGzip::thread);
    out.write(HEADER);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "berth-gzip");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    crc.update(bytes, offset, length);
    size += length;
    int at = offset;
    int end = offset + length;
    while (at < end) {
      // The last block is known as such only at the end, so a full one waits for more.
      if (filled == BLOCK) {
        submit(false);
      }
      int n = Math.min(BLOCK - filled, end - at);
      System.arraycopy(bytes, at, block, filled, n);
      filled += n;
      at += n;
    }
  }

  private void submit(boolean last) throws IOException {
    byte[] content = block;
    byte[] before = dictionary;
    int length = filled;
    running.add(threads.submit(() -> deflate(content, length, before, last)));
    dictionary = Arrays.copyOfRange(content, Math.max(0, length - WINDOW), length);
    block = last ? new byte[0] : new byte[BLOCK];
    filled = 0;
    while (running.size() > ahead) {
      writeNext();
    }
  }

  private static Packed deflate(byte[] content, int length, byte[] before, boolean last) {
    Deflater deflater = new Deflater(LEVEL, true);
    try {
      if (before.length > 0) {
        deflater.setDictionary(before);
      }
      deflater.setInput(content, 0, length);
      if (last) {
        deflater.finish();
      }
      byte[] packed = new byte[length + length / 1000 + 64];
      int n = 0;
      while (true) {
        int step =
            deflater.deflate(
                packed, n, packed.length - n, last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
        n += step;
        if (last ? deflater.finished() : n < packed.length) {
          return new Packed(packed, n);
        }
        packed = Arrays.copyOf(packed, packed.length * 2);
      }
    } finally {
      deflater.end();
    }
  }

  private void writeNext() throws IOException {
    try {
      Packed packed = running.remove().get();
      out.write(packed.bytes(), 0, packed.length());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while compressing");
    } catch (ExecutionException e) {
      throw new IOException("Cannot compress: " + e.getCause(), e.getCause());
    }
  }

  /** Writes the end of the stream and closes it. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      submit(true);
      while (!running.isEmpty()) {
        writeNext();
      }
      out.write(littleEndian(crc.getValue()));
      out.write(littleEndian(size));
    } finally {
      threads.shutdownNow();
    }
  }

  private static byte[] littleEndian(long value) {
    return new byte[] {
      (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)
    };
  }
}
