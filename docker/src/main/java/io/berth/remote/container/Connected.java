package io.berth.remote.container;

import io.berth.api.AttachRequest.Attachment;
import io.berth.remote.transport.Duplex;
import io.berth.text.DetachKeys;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A connection to the stdio of a process, with a thread for each direction. Whoever reads slowly
 * holds the process back, through the connection.
 */
final class Connected implements Attachment {
  private static final int HEADER = 8;
  private static final int STDERR = 2;
  private static final int SYSTEM_ERROR = 3;
  private static final int PART = 32 << 10;

  private final Duplex duplex;
  private final boolean tty;
  private final Stdio streams;
  private final boolean closeStdin;
  private final DetachKeys keys;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile boolean detached;
  private volatile Optional<IOException> broken = Optional.empty();

  /**
   * @param tty whether bytes come as they are, rather than in frames that say which stream they are
   *     of
   * @param closeStdin whether the end of the input is told
   */
  Connected(Duplex duplex, boolean tty, Stdio streams, boolean closeStdin, DetachKeys keys) {
    this.duplex = duplex;
    this.tty = tty;
    this.streams = streams;
    this.closeStdin = closeStdin;
    this.keys = keys;
  }

  Connected begin(String name) {
    daemon("berth-remote-output-" + name, this::output);
    if (streams.stdin().isPresent()) {
      InputStream in = streams.stdin().get();
      daemon("berth-remote-input-" + name, () -> input(in));
    }
    return this;
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void output() {
    try {
      copy(duplex.in(), tty, this::write);
    } catch (IOException e) {
      broken = closed ? Optional.empty() : Optional.of(e);
    } finally {
      close();
    }
  }

  /** Takes what a process writes. */
  interface Sink {
    void write(boolean stderr, byte[] bytes, int count) throws IOException;
  }

  /** Passes on all that comes, bytes as they are or in Docker's frames. */
  static void copy(InputStream in, boolean raw, Sink sink) throws IOException {
    byte[] buffer = new byte[PART];
    if (raw) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sink.write(false, buffer, n);
      }
      return;
    }
    byte[] header = new byte[HEADER];
    for (int n = in.readNBytes(header, 0, HEADER); n > 0; n = in.readNBytes(header, 0, HEADER)) {
      if (n < HEADER) {
        throw new EOFException("the connection was closed in the middle of a frame");
      }
      if (header[0] < 0 || header[0] > SYSTEM_ERROR) {
        throw new IOException("the stream has no frames as Docker's");
      }
      long left = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(4));
      while (left > 0) {
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (count < 0) {
          throw new EOFException("the connection was closed in the middle of a frame");
        }
        sink.write(header[0] >= STDERR, buffer, count);
        left -= count;
      }
    }
  }

  private void write(boolean stderr, byte[] bytes, int count) throws IOException {
    Optional<OutputStream> out = stderr ? streams.stderr() : streams.stdout();
    if (!closed && out.isPresent()) {
      out.get().write(bytes, 0, count);
      out.get().flush();
    }
  }

  private void input(InputStream in) {
    byte[] buffer = new byte[PART];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        byte[] typed = keys.pass(buffer, n);
        if (closed) {
          return;
        }
        duplex.out().write(typed);
        duplex.out().flush();
        if (keys.complete()) {
          detached = true;
          close();
          return;
        }
      }
    } catch (IOException e) {
      // What cannot be read has ended; and who does not read any more has left.
    }
    if (closeStdin && !closed) {
      try {
        duplex.endOutput();
      } catch (IOException e) {
        // It has ended meanwhile.
      }
    }
  }

  /** Why the connection ended before the process did, when it broke. */
  Optional<IOException> broken() {
    return broken;
  }

  @Override
  public void await() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isDetached() {
    return detached;
  }

  @Override
  public void close() {
    closed = true;
    done.countDown();
    duplex.close();
  }
}
