package io.berth.container;

import io.berth.error.SystemCallException;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The line to a container's monitor, while there is one: opened with the container's start, or when
 * it is first needed of a container that another engine started. Thread-safe.
 */
final class Line {
  private final Path directory;
  private final Life life;
  private Optional<Monitor> monitor = Optional.empty();
  private Optional<StreamPump> pump = Optional.empty();
  private Optional<Exit> last = Optional.empty();

  Line(Path directory, Life life) {
    this.directory = directory;
    this.life = life;
  }

  /** Takes over the line of a container that was started here. */
  synchronized void opened(Monitor started, Optional<StreamPump> streaming) {
    monitor = Optional.of(started);
    pump = streaming;
    last = Optional.empty();
  }

  /** How it ended, for those who still wait for one that was removed as soon as it did. */
  synchronized Optional<Exit> last() {
    return last;
  }

  /** Before its files are removed: from then on they tell nobody how it ended. */
  synchronized void keepExit() {
    last = monitor.flatMap(Monitor::exit).or(life::exit);
  }

  synchronized boolean isOpen() {
    return monitor.isPresent();
  }

  /** Empty when the container does not run. */
  synchronized Optional<Monitor> monitor() {
    if (monitor.isEmpty() && life.status().isActive()) {
      try {
        monitor = Optional.of(Monitor.connect(directory));
      } catch (SystemCallException e) {
        // It ended in this moment; its exit file is there, or will be known to be missing.
        return Optional.empty();
      }
    }
    return monitor;
  }

  /** Waits until its output has been passed on. */
  void join() {
    Optional<StreamPump> streaming;
    synchronized (this) {
      streaming = pump;
    }
    streaming.ifPresent(StreamPump::join);
  }

  /** Of a container that has ended, its monitor has ended too then. */
  synchronized void hangUp() {
    monitor.ifPresent(
        line -> {
          if (!life.status().isActive()) {
            line.awaitEnd();
          }
          last = line.exit().or(() -> last);
          line.close();
        });
    monitor = Optional.empty();
  }
}
