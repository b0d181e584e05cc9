package io.berth.registry.server;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;

/**
 * The content of a request between the event loop, which offers what arrives, and a worker, which
 * reads it. Little is kept: when the worker is slow, nothing more is read from the connection.
 */
final class BodyStream extends InputStream {
  private static final int ENOUGH = 1 << 20;

  private final Runnable readMore;
  private final Optional<Runnable> sayContinue;
  private final Queue<ByteBuf> arrived = new ArrayDeque<>();
  private int buffered;
  private boolean waiting;
  private boolean started;
  private boolean ended;
  private boolean cut;

  /**
   * @param sayContinue what the client waits for before it sends, if it does
   * @param readMore asks the event loop for the next piece
   */
  BodyStream(Optional<Runnable> sayContinue, Runnable readMore) {
    this.sayContinue = sayContinue;
    this.readMore = readMore;
  }

  /** Takes a piece, for the event loop; whether it should go on reading. */
  synchronized boolean offer(ByteBuf piece) {
    if (cut || !piece.isReadable()) {
      piece.release();
      return !cut;
    }
    arrived.add(piece);
    buffered += piece.readableBytes();
    notifyAll();
    waiting = buffered >= ENOUGH;
    return !waiting;
  }

  /** All has arrived. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Nothing more will come, or is wanted. */
  synchronized void cut() {
    cut = true;
    arrived.forEach(ByteBuf::release);
    arrived.clear();
    notifyAll();
  }

  synchronized boolean isEnded() {
    return ended && arrived.isEmpty();
  }

  /**
   * Reads what is left, up to so much, so that a client that sends before it reads sees the answer
   * and not a reset.
   */
  void drain(long most) throws IOException {
    synchronized (this) {
      if (sayContinue.isPresent() && !started) {
        return; // it has not begun to send
      }
    }
    byte[] buffer = new byte[64 << 10];
    for (long drained = 0; drained < most; ) {
      int n = read(buffer);
      if (n < 0) {
        return;
      }
      drained += n;
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
    start();
    synchronized (this) {
      if (!await()) {
        return -1;
      }
      int done = 0;
      while (done < length && !arrived.isEmpty()) {
        ByteBuf piece = arrived.element();
        int n = Math.min(length - done, piece.readableBytes());
        piece.readBytes(bytes, offset + done, n);
        done += n;
        if (!piece.isReadable()) {
          arrived.remove().release();
        }
      }
      buffered -= done;
      if (waiting && buffered < ENOUGH / 2) {
        waiting = false;
        readMore.run();
      }
      return done;
    }
  }

  private void start() {
    boolean first;
    synchronized (this) {
      first = !started && !ended;
      started = true;
    }
    if (first) {
      sayContinue.ifPresent(Runnable::run);
    }
  }

  /** Waits for content; false at its end. */
  private boolean await() throws IOException {
    while (arrived.isEmpty()) {
      if (cut) {
        throw new IOException("the connection was cut");
      }
      if (ended) {
        return false;
      }
      try {
        wait(); // idle connections are closed, which ends this
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the registry is closing");
      }
    }
    return true;
  }
}
