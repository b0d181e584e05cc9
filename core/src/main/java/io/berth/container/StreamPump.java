package io.berth.container;

import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.MonitorListener;
import java.util.List;

/** Passes a container's stdio to and from those who are attached, in threads of its own. */
final class StreamPump implements MonitorListener {
  private final List<Attached> attached;
  private volatile Thread reader;

  StreamPump(List<Attached> attached) {
    this.attached = List.copyOf(attached);
  }

  boolean wantsOutput() {
    return attached.stream().anyMatch(Attached::hasOutput);
  }

  @Override
  public void output(boolean stderr, byte[] bytes) {
    attached.forEach(a -> a.write(stderr, bytes));
  }

  /** Begins; the action is run once the container has ended and its output is through. */
  void run(Monitor monitor, String name, Runnable atEnd) {
    reader =
        daemon(
            "berth-output-" + name,
            () -> {
              monitor.awaitExit();
              attached.forEach(Attached::ended);
              atEnd.run();
            });
    attached.forEach(a -> a.feed(monitor, name));
  }

  static Thread daemon(String name, Runnable work) {
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
