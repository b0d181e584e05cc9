package io.berth.server.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;

/**
 * What a client sends, for a thread that blocks. The event loop puts buffers in; it is asked for
 * more whenever there is room, so a client that sends faster than it is read has to wait.
 */
final class InboundStream extends InputStream {
  private static final int ROOM = 64 << 10;

  private final Runnable more;
  private final Optional<Duration> stall;
  private final Deque<ByteBuf> buffers = new ArrayDeque<>();
  private long queued;
  private boolean ended;
  private boolean discarding;
  private Optional<IOException> failure = Optional.empty();

  /**
   * @param more asks the event loop to read on; called from any thread
   * @param stall how long to wait for the next bytes; for ever when empty
   */
  InboundStream(Runnable more, Optional<Duration> stall) {
    this.more = more;
    this.stall = stall;
  }

  // ---- The event loop's side --------------------------------------------------------------------

  synchronized void offer(ByteBuf buffer) {
    if (discarding || ended || !buffer.isReadable()) {
      buffer.release();
      return;
    }
    queued += buffer.readableBytes();
    buffers.add(buffer);
    notifyAll();
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Ends it in a way that its reader notices, once it has read what came before. */
  synchronized void fail(IOException why) {
    if (!ended) {
      failure = Optional.of(why);
      ended = true;
    }
    notifyAll();
  }

  synchronized boolean hasRoom() {
    return !ended && queued < ROOM;
  }

  synchronized boolean ended() {
    return ended;
  }

  /** Nobody reads it any more. */
  synchronized void discard() {
    discarding = true;
    buffers.forEach(ByteBuf::release);
    buffers.clear();
    queued = 0;
    notifyAll();
  }

  // ---- The reader's side ------------------------------------------------------------------------

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    int count;
    boolean low;
    synchronized (this) {
      if (!await()) {
        return -1;
      }
      ByteBuf first = buffers.peek();
      count = Math.min(length, first.readableBytes());
      first.readBytes(bytes, offset, count);
      if (!first.isReadable()) {
        buffers.remove().release();
      }
      low = queued >= ROOM && queued - count < ROOM;
      queued -= count;
    }
    if (low) {
      more.run();
    }
    return count;
  }

  @Override
  public synchronized int available() {
    return (int) queued;
  }

  /** Whether there is something. */
  private boolean await() throws IOException {
    long deadline = System.nanoTime() + stall.map(Duration::toNanos).orElse(0L);
    while (buffers.isEmpty()) {
      if (failure.isPresent()) {
        throw new IOException(failure.get().getMessage(), failure.get());
      }
      if (ended || discarding) {
        return false;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (stall.isPresent() && left <= 0) {
        throw new HttpError(408, "The request's body has stopped arriving");
      }
      try {
        wait(stall.isPresent() ? left : 0);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while reading", e);
      }
    }
    return true;
  }
}
