package io.berth.event;

import io.berth.api.EventRequest;
import io.berth.api.Events;
import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.internal.RotatedLines;
import io.berth.linux.FileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;

/**
 * The events of a data directory: one JSON object a line in {@code events/journal.jsonl}, in the
 * form of Docker's API. Engines and the monitors of containers (state.c) append to it, each event
 * with one write, while they share the lock {@code journal.jsonl.lock}; who finds it too long
 * rotates it alone.
 */
public final class EventJournal implements Events, EventLog {
  // The same as in state.c.
  private static final long MAX_SIZE = 1 << 20;
  private static final int FILES = 4;

  private final Path file;
  private final Path lock;
  private final Clock clock;

  public EventJournal(Path dataDirectory, Clock clock) {
    Path directory = dataDirectory.resolve("events");
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e, e);
    }
    this.file = directory.resolve("journal.jsonl");
    this.lock = directory.resolve("journal.jsonl.lock");
    this.clock = clock;
  }

  /** The file that is written to. */
  public Path file() {
    return file;
  }

  @Override
  public EventRequest read() {
    return new DefaultEventRequest(this, clock);
  }

  @Override
  public void append(String type, String action, String id, Map<String, String> attributes) {
    byte[] line = EventJson.write(type, action, id, attributes, clock.instant());
    try {
      boolean full;
      try (FileLock shared = FileLock.shared(lock)) {
        Files.write(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        full = Files.size(file) > MAX_SIZE;
      }
      if (full) {
        rotate();
      }
    } catch (IOException | BerthException e) {
      // A full disk, say: what happened has happened all the same.
    }
  }

  private void rotate() throws IOException {
    try (FileLock alone = FileLock.exclusive(lock)) {
      if (Files.size(file) <= MAX_SIZE) {
        return;
      }
      for (int i = FILES - 1; i > 0; i--) {
        Path from = i == 1 ? file : older(i - 1);
        try {
          Files.move(from, older(i), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
          // There are not so many yet.
        }
      }
    }
  }

  private Path older(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  RotatedLines lines() {
    return RotatedLines.open(file);
  }
}
