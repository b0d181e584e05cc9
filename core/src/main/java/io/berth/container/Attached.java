package io.berth.container;

import io.berth.api.AttachRequest.Attachment;
import io.berth.runtime.launch.Monitor;
import io.berth.text.DetachKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Streams of this JVM that are connected to a container's stdio, or will be once it starts.
 *
 * <p>What the container writes comes from one thread at a time.
 */
final class Attached implements Attachment {
  private final Streams streams;
  private final boolean closeStdin;
  private final DetachKeys keys;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile Optional<Monitor> own = Optional.empty();
  private volatile boolean closed;
  private volatile boolean detached;
  private volatile Runnable onDetach = () -> {};

  Attached(Streams streams) {
    this(streams, true, DetachKeys.none());
  }

  /**
   * @param closeStdin whether the end of its input ends the container's
   * @param keys which close this when they are typed
   */
  Attached(Streams streams, boolean closeStdin, DetachKeys keys) {
    this.streams = streams;
    this.closeStdin = closeStdin;
    this.keys = keys;
  }

  boolean hasOutput() {
    return streams.stdout().isPresent() || streams.stderr().isPresent();
  }

  void write(boolean stderr, byte[] bytes) {
    Optional<OutputStream> out = stderr ? streams.stderr() : streams.stdout();
    if (closed || out.isEmpty()) {
      return;
    }
    try {
      out.get().write(bytes);
      out.get().flush();
    } catch (IOException e) {
      // Whoever reads has gone; the container's log still has it all.
      close();
    }
  }

  /** Begins to pass input on. */
  void feed(Monitor monitor, String name) {
    streams
        .stdin()
        .ifPresent(in -> StreamPump.daemon("berth-input-" + name, () -> copy(in, monitor)));
  }

  private void copy(InputStream in, Monitor monitor) {
    byte[] buffer = new byte[16 << 10];
    try {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        byte[] typed = keys.pass(buffer, n);
        if (closed || !monitor.stdin(typed, typed.length)) {
          return;
        }
        if (keys.complete()) {
          detached = true;
          onDetach.run();
          close();
          return;
        }
      }
    } catch (IOException e) {
      // What cannot be read has ended.
    }
    if (closeStdin && !closed) {
      monitor.closeStdin();
    }
  }

  /** What is to be done when its keys take it away from the container. */
  void onDetach(Runnable action) {
    onDetach = action;
  }

  /** Makes this the owner of a line to the monitor, which it closes at the end. */
  void owns(Monitor monitor) {
    own = Optional.of(monitor);
    if (closed) {
      monitor.close();
    }
  }

  /** The container has ended and its output is through. */
  void ended() {
    close();
  }

  @Override
  public boolean isDetached() {
    return detached;
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
  public void close() {
    closed = true;
    done.countDown();
    own.ifPresent(Monitor::close);
  }
}
