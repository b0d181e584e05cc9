package io.berth.container;

import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.error.StorageException;
import io.berth.linux.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a container is in its life, read from its directory: {@code exit} says that it ended; a
 * lock on {@code monitor} says that it runs; neither says that its monitor was killed, and then the
 * kernel has killed the container too (PR_SET_PDEATHSIG).
 */
final class Life {
  /** What docker reports of a container that was killed without anybody to hear its exit code. */
  private static final int UNKNOWN = 137;

  private final Path directory;

  Life(Path directory) {
    this.directory = directory;
  }

  Status status() {
    if (Files.exists(exitFile())) {
      return Status.EXITED;
    }
    if (!Files.exists(monitorFile())) {
      return Status.CREATED;
    }
    if (monitorLives()) {
      return Status.RUNNING;
    }
    // It may have ended between the two looks; without an exit file now, it was killed.
    return Status.EXITED;
  }

  ContainerState state(Instant created) {
    Status status = status();
    Optional<Ended> ended = status == Status.EXITED ? Optional.of(ended()) : Optional.empty();
    return new ContainerState(
        status,
        created,
        identity(2).map(Instant::ofEpochMilli),
        ended.map(Ended::time),
        ended.map(Ended::code),
        ended.map(Ended::oom).orElse(false));
  }

  OptionalLong pid() {
    return status() == Status.RUNNING
        ? identity(1).map(OptionalLong::of).orElse(OptionalLong.empty())
        : OptionalLong.empty();
  }

  int exitCode() {
    return ended().code();
  }

  /** Forgets an earlier run. */
  void clear() {
    try {
      Files.deleteIfExists(exitFile());
    } catch (IOException e) {
      throw new StorageException("Cannot delete " + exitFile() + ": " + e, e);
    }
  }

  /** Keeps that the container could not be started, or that its monitor was killed. */
  void failed(int code, Instant now) {
    Path fresh = directory.resolve("exit.new");
    try {
      Files.writeString(fresh, code + " 0 " + now.toEpochMilli() + "\n");
      Files.move(fresh, exitFile(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + exitFile() + ": " + e, e);
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
    return Files.exists(monitorFile()) && !Files.exists(exitFile()) && !monitorLives();
  }

  void markKilled(Instant now) {
    failed(UNKNOWN, now);
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
        .map(text -> text.strip().split(" "))
        .map(
            f ->
                new Ended(
                    Integer.parseInt(f[0]),
                    f[1].equals("1"),
                    Instant.ofEpochMilli(Long.parseLong(f[2]))))
        .orElseGet(() -> new Ended(UNKNOWN, false, Instant.EPOCH));
  }

  /** A field of the monitor file: its own pid, the container's, the time of the start. */
  private Optional<Long> identity(int field) {
    return ContainerFiles.read(monitorFile())
        .map(text -> text.strip().split(" "))
        .filter(f -> f.length == 3)
        .map(f -> Long.parseLong(f[field]));
  }
}
