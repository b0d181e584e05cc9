package io.berth.testcontainers;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.server.reaper.LabelFilter;
import io.berth.server.reaper.Sweep;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a JVM has made with an engine, on disk: a file with the filters that find it. The JVM has
 * the file locked for as long as it lives, so that others know when they may clean up after it.
 */
final class Session {
  private static final String DIRECTORY = "sessions";

  private final Path file;
  private final FileChannel channel;

  private Session(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static Session begin(Path dataDirectory) throws IOException {
    Path directory = Files.createDirectories(dataDirectory.resolve(DIRECTORY));
    Path hidden = directory.resolve("." + UUID.randomUUID());
    FileChannel channel =
        FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.lock();
    // Others see it only now that it is locked.
    Path file = directory.resolve(hidden.getFileName().toString().substring(1));
    Files.move(hidden, file);
    return new Session(file, channel);
  }

  /** Takes a note of what is to be removed; it is on disk when this returns. */
  synchronized void add(LabelFilter filter) {
    String line =
        filter.labels().entrySet().stream()
            .map(e -> e.getValue().isEmpty() ? e.getKey() : e.getKey() + "=" + e.getValue())
            .map(label -> "label=" + URLEncoder.encode(label, StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", "", "\n"));
    try {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Forgets it: nothing is left to be removed. */
  synchronized void end() {
    try {
      Files.deleteIfExists(file);
      channel.close();
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Removes what the sessions of JVMs have left that are dead.
   *
   * @return what could not be removed
   */
  static List<String> sweepDead(Engine engine) throws IOException {
    Path directory = engine.dataDirectory().resolve(DIRECTORY);
    List<String> failures = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return failures;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(f -> !f.getFileName().toString().startsWith(".")).toList();
    }
    for (Path file : files) {
      failures.addAll(sweep(engine, file));
    }
    return failures;
  }

  private static List<String> sweep(Engine engine, Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return List.of();
      }
      List<LabelFilter> filters = new ArrayList<>();
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        try {
          filters.add(LabelFilter.parse(line));
        } catch (InvalidInputException e) {
          // The JVM died while it wrote: it had not said yet that this would be removed.
        }
      }
      List<String> failures = new Sweep(engine).remove(filters);
      if (failures.isEmpty()) {
        Files.deleteIfExists(file);
      }
      return failures;
    } catch (OverlappingFileLockException e) {
      return List.of();
    }
  }
}
