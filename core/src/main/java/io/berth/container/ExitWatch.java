package io.berth.container;

import io.berth.api.ContainerState.Status;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Waits for the end of a container, and knows how it ended. */
final class ExitWatch {
  private static final long NAP_NANOS = 1_000_000;

  private final ContainerRecord record;
  private final Life life;
  private final Line line;
  private final Runnable ended;

  /**
   * @param ended run once it has ended, and its output is through
   */
  ExitWatch(ContainerRecord record, Life life, Line line, Runnable ended) {
    this.record = record;
    this.life = life;
    this.line = line;
    this.ended = ended;
  }

  int await() {
    Optional<Monitor> monitor = line.monitor();
    if (monitor.isEmpty() && line.last().isEmpty() && life.status() == Status.CREATED) {
      throw new ConflictException("Container " + record.name() + " has never been started");
    }
    Optional<Exit> exit = hearExit();
    line.join();
    ended.run();
    if (exit.isEmpty() && record.isGone()) {
      throw new NotFoundException(
          "No such container: " + record.name() + ": it was removed before its exit code was read");
    }
    return exit.map(Exit::code).orElse(Life.UNKNOWN);
  }

  /** Empty when it runs still. */
  Optional<Integer> await(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<Monitor> monitor = line.monitor();
    while (monitor.isEmpty() && life.status().isActive()) {
      if (System.nanoTime() - deadline > 0) {
        return Optional.empty();
      }
      LockSupport.parkNanos(NAP_NANOS);
      monitor = line.monitor();
    }
    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    return monitor.isPresent() && !monitor.get().awaitExit(left)
        ? Optional.empty()
        : Optional.of(await());
  }

  /** Empty when it is gone, or was killed with its monitor. */
  private Optional<Exit> hearExit() {
    while (true) {
      Optional<Exit> heard = line.monitor().flatMap(Monitor::awaitExit).or(this::knownExit);
      if (heard.isPresent() || !life.status().isActive()) {
        return heard.or(this::knownExit);
      }
      // Its monitor does not listen yet, or no more and is about to write how it ended.
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  /** Who removes it keeps its exit before the file is gone, so the last look finds that. */
  private Optional<Exit> knownExit() {
    return line.last().or(life::exit).or(line::last);
  }
}
