package io.berth.container;

import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.error.StorageException;
import io.berth.linux.FileLock;
import io.berth.runtime.launch.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a container is in its life, read from its directory: {@code exit} says that it ended; a
 * lock on {@code monitor} says that it runs; neither says that its monitor was killed, and then the
 * kernel has killed the container too (PR_SET_PDEATHSIG).
 */
final class Life {
  /** What docker reports of a container that was killed without anybody to hear its exit code. */
  static final int UNKNOWN = 137;

  // The fields of the monitor file; the first is the monitor's own process.
  private static final int INIT = 1;
  private static final int STARTED = 2;
  private static final int RESTARTS = 3;

  private final Path directory;

  Life(Path directory) {
    this.directory = directory;
  }

  Status status() {
    Optional<Long> init = identity(INIT);
    if (init.isEmpty()) {
      // The monitor has not got so far, and may never.
      return monitorLives()
          ? Status.RUNNING
          : Files.exists(exitFile()) ? Status.EXITED : Status.CREATED;
    }
    // The second look tells an exit before a restart, which may have come since the first.
    if (init.get() != 0 && Files.exists(exitFile()) && identity(INIT).orElse(-1L) != 0) {
      return Status.EXITED;
    }
    if (monitorLives()) {
      return identity(INIT).orElse(-1L) == 0 ? Status.RESTARTING : Status.RUNNING;
    }
    // It may have ended between the two looks; without an exit file now, it was killed.
    return Status.EXITED;
  }

  ContainerState state(Instant created) {
    Status status = status();
    Optional<Ended> ended =
        switch (status) {
          case EXITED -> Optional.of(ended());
          // Its exit is forgotten a moment before it runs again.
          case RESTARTING -> Files.exists(exitFile()) ? Optional.of(ended()) : Optional.empty();
          case CREATED, RUNNING, PAUSED -> Optional.empty();
        };
    return new ContainerState(
        status == Status.RUNNING && paused() ? Status.PAUSED : status,
        created,
        identity(STARTED).filter(t -> t > 0).map(Instant::ofEpochMilli),
        ended.map(Ended::time),
        ended.map(Ended::code),
        ended.map(Ended::oom).orElse(false),
        identity(RESTARTS).map(Long::intValue).orElse(0),
        ContainerFiles.read(directory.resolve("error")).orElse(""),
        status == Status.RUNNING ? HealthFile.read(directory) : Optional.empty());
  }

  OptionalLong pid() {
    Optional<Long> init = identity(INIT).filter(pid -> pid > 0);
    return init.isPresent() && !Files.exists(exitFile()) && monitorLives()
        ? OptionalLong.of(init.get())
        : OptionalLong.empty();
  }

  /** The TCP sockets of its network namespace, as the kernel lists them; none when it has ended. */
  List<String> sockets() {
    List<String> lines = new ArrayList<>();
    pid()
        .ifPresent(
            pid -> {
              for (String table : List.of("tcp", "tcp6")) {
                try {
                  lines.addAll(Files.readAllLines(Path.of("/proc/" + pid + "/net", table)));
                } catch (IOException e) {
                  // It has just ended, or the host has no IPv6.
                }
              }
            });
    return lines;
  }

  /** How it ended; empty when nobody has written that down, or its directory is gone. */
  Optional<Exit> exit() {
    return ContainerFiles.read(exitFile()).map(Life::ended).map(e -> new Exit(e.code(), e.oom()));
  }

  /** Forgets an earlier run, once its monitor has cleaned up. */
  @SuppressWarnings("try") // the lock is held, not used
  void clear() {
    if (Files.exists(monitorFile())) {
      try (FileLock ended = FileLock.exclusive(monitorFile())) {
        // Without this file nobody takes the last monitor for one that was killed.
        forget(List.of("monitor", "error", "health", "paused", "lost", "exit"));
      }
    } else {
      forget(List.of("error", "exit"));
    }
  }

  private void forget(List<String> names) {
    try {
      for (String name : names) {
        Files.deleteIfExists(directory.resolve(name));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot delete the last exit in " + directory + ": " + e, e);
    }
  }

  /** Keeps that the container could not be started. */
  void failed(int code, String error, Instant now) {
    write("error", error);
    write("exit", code + " 0 " + now.toEpochMilli() + "\n");
  }

  private void write(String name, String text) {
    Path fresh = directory.resolve(name + ".new");
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + fresh + ": " + e, e);
    }
  }

  /** Whether its processes are frozen. */
  boolean paused() {
    return Files.exists(directory.resolve("paused"));
  }

  void paused(boolean paused) {
    try {
      if (paused) {
        Files.createFile(directory.resolve("paused"));
      } else {
        Files.deleteIfExists(directory.resolve("paused"));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write in " + directory + ": " + e, e);
    }
  }

  boolean monitorLives() {
    if (!Files.exists(monitorFile())) {
      return false;
    }
    Optional<FileLock> free = FileLock.tryShared(monitorFile());
    free.ifPresent(FileLock::close);
    return free.isEmpty();
  }

  boolean wasKilled() {
    Optional<Long> init = identity(INIT);
    boolean over = Files.exists(exitFile()) && init.orElse(-1L) != 0;
    return init.isPresent() && !over && !monitorLives();
  }

  /** Whether it did not end by itself or as it was told to, but with its monitor or the host. */
  boolean wasLost() {
    return Files.exists(directory.resolve("lost"));
  }

  void markKilled(Instant now) {
    write("lost", "");
    write("exit", UNKNOWN + " 0 " + now.toEpochMilli() + "\n");
  }

  private Path exitFile() {
    return directory.resolve("exit");
  }

  private Path monitorFile() {
    return directory.resolve("monitor");
  }

  private record Ended(int code, boolean oom, Instant time) {}

  private Ended ended() {
    return ContainerFiles.read(exitFile())
        .map(Life::ended)
        .orElseGet(() -> new Ended(UNKNOWN, false, Instant.EPOCH));
  }

  private static Ended ended(String text) {
    String[] fields = text.strip().split(" ");
    return new Ended(
        Integer.parseInt(fields[0]),
        fields[1].equals("1"),
        Instant.ofEpochMilli(Long.parseLong(fields[2])));
  }

  /** A field of the monitor file. */
  private Optional<Long> identity(int field) {
    return ContainerFiles.read(monitorFile())
        .map(text -> text.strip().split(" +"))
        .filter(f -> f.length == 4)
        .map(f -> Long.parseLong(f[field]));
  }
}
