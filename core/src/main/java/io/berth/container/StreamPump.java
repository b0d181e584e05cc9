package io.berth.container;

import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.MonitorListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Connects a container's stdio with streams of this JVM, in threads of its own. */
final class StreamPump implements MonitorListener {
  private final Streams streams;
  private volatile Thread reader;

  StreamPump(Streams streams) {
    this.streams = streams;
  }

  @Override
  public void output(boolean stderr, byte[] bytes) {
    Optional<OutputStream> out = stderr ? streams.stderr() : streams.stdout();
    try {
      if (out.isPresent()) {
        out.get().write(bytes);
        out.get().flush();
      }
    } catch (IOException e) {
      // Whoever reads has gone; the container's log still has it all.
    }
  }

  /** Begins; the action is run once the container has ended and its output is through. */
  void run(Monitor monitor, String name, Runnable atEnd) {
    reader =
        daemon(
            "berth-output-" + name,
            () -> {
              monitor.awaitExit();
              atEnd.run();
            });
    streams.stdin().ifPresent(in -> daemon("berth-input-" + name, () -> copy(in, monitor)));
  }

  private static void copy(InputStream in, Monitor monitor) {
    byte[] buffer = new byte[16 << 10];
    try {
      for (int n; (n = in.read(buffer)) >= 0; ) {
        if (!monitor.stdin(buffer, n)) {
          return;
        }
      }
    } catch (IOException e) {
      // What cannot be read has ended.
    }
    monitor.closeStdin();
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits until the output is through, unless this is the thread that brings it. */
  void join() {
    Thread thread = reader;
    if (thread == null || thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
