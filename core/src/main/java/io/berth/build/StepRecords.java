package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.StatusCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The results of steps as files, to be looked through: which were used last, and for what. */
final class StepRecords {
  private static final int WORTH_KEEPING = 20; // files read in one directory

  private final Path directory;
  private final Map<Path, Map<String, StepSummary.Known>> known = new ConcurrentHashMap<>();

  StepRecords(Path directory) {
    this.directory = directory;
  }

  /**
   * @param snapshot that it made, if it made one
   */
  record Entry(Path file, Optional<String> snapshot, Instant lastUsed) {
    String id() {
      return file.getFileName().toString();
    }
  }

  /** All of them, the least recently used first. */
  List<Entry> all() {
    List<Entry> all =
        list(directory).parallelStream().flatMap(group -> entries(group).stream()).toList();
    List<Entry> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(Entry::lastUsed));
    return sorted;
  }

  /** Those of one directory; what is as it was at the last time is not read again. */
  private List<Entry> entries(Path group) {
    Map<String, StepSummary.Known> before =
        known.computeIfAbsent(group, each -> StepSummary.read(each));
    Map<String, StepSummary.Known> now = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    int read = 0;
    try (Fd fd = FileCalls.openForListing(Fd.CWD, group.toString())) {
      List<DirEntry> names = FileCalls.list(fd);
      names.removeIf(each -> each.name().startsWith("."));
      List<Optional<FileStatus>> statuses = StatusCalls.statAll(fd, names);
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i).name();
        if (statuses.get(i).isEmpty()) {
          continue; // removed meanwhile
        }
        FileStatus status = statuses.get(i).get();
        StepSummary.Known last = before.get(name);
        Path file = group.resolve(name);
        Optional<Entry> entry;
        if (last != null && last.isStill(status)) {
          entry = Optional.of(new Entry(file, last.snapshot(), last.modified()));
        } else {
          entry = read(file, status.mtime());
          read++;
        }
        entry.ifPresent(
            found -> {
              now.put(
                  name, new StepSummary.Known(status.inode(), status.mtime(), found.snapshot()));
              entries.add(found);
            });
      }
    }
    known.put(group, now);
    if (read >= WORTH_KEEPING) {
      StepSummary.write(group, now);
    }
    return entries;
  }

  private static Optional<Entry> read(Path file, Instant used) {
    Optional<byte[]> bytes = AtomicFile.read(file);
    try {
      return bytes.map(
          b ->
              new Entry(
                  file,
                  StepResult.parse(b).layer().map(layer -> layer.chainId().toString()),
                  used));
    } catch (InvalidInputException e) {
      return Optional.of(new Entry(file, Optional.empty(), Instant.EPOCH)); // damaged
    }
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(path -> !path.getFileName().toString().startsWith(".")).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
