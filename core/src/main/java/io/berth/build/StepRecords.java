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
  private final Path directory;
  private final Map<Path, Map<String, Known>> known = new ConcurrentHashMap<>();

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
    Map<String, Known> before = known.getOrDefault(group, Map.of());
    Map<String, Known> now = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
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
        Known last = before.get(name);
        Optional<Entry> entry =
            last != null && last.isStill(status)
                ? Optional.of(last.entry())
                : read(group.resolve(name), status.mtime());
        entry.ifPresent(
            found -> {
              now.put(name, new Known(status.inode(), status.mtime(), found));
              entries.add(found);
            });
      }
    }
    known.put(group, now);
    return entries;
  }

  private record Known(long inode, Instant modified, Entry entry) {
    boolean isStill(FileStatus status) {
      return inode == status.inode() && modified.equals(status.mtime());
    }
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
