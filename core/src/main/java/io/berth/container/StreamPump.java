package io.berth.container;

import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.MonitorListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Passes a container's stdio to and from those who are attached, in threads of its own. */
final class StreamPump implements MonitorListener {
  private final List<Attached> attached;
  private final Optional<Path> replay;
  private volatile Thread reader;

  StreamPump(List<Attached> attached) {
    this(attached, Optional.empty());
  }

  /**
   * @param replay the container's directory, where what is in its log comes first
   */
  StreamPump(List<Attached> attached, Optional<Path> replay) {
    this.attached = List.copyOf(attached);
    this.replay = replay;
  }

  boolean wantsOutput() {
    return attached.stream().anyMatch(Attached::hasOutput);
  }

  @Override
  public void output(boolean stderr, byte[] bytes) {
    attached.forEach(a -> a.write(stderr, bytes));
  }

  @Override
  public void attached(long inode, long size) {
    replay.ifPresent(
        directory -> {
          try (LogFile log = LogFile.open(directory)) {
            log.upTo(inode, size, e -> output(e.stderr(), e.bytes()));
          }
        });
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
