package io.berth.volume;

import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.layers.DiskUsage;
import io.berth.linux.FileLock;
import io.berth.linux.FileRights;
import io.berth.linux.Mounts;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Volumes as directories, {@code NAME/_data}; with options something is mounted there while a
 * container has it: {@code type=tmpfs}, {@code type=none,o=bind,device=/a}, {@code type=nfs}.
 */
final class LocalDriver implements VolumeDriver {
  static final String NAME = "local";
  private static final String DATA = "_data";
  private static final String GONE = ".gone-";
  private static final String OPTIONS = "options.json";
  private static final String USERS = "users";
  private static final Set<String> KNOWN = Set.of("type", "o", "device");

  private final Path directory;
  private final FileRights access;

  LocalDriver(Path directory, FileRights access) {
    this.access = access;
    this.directory = directory;
  }

  /** Bytes that it takes. */
  long usage(String name) {
    return DiskUsage.of(access, data(name));
  }

  Path data(String name) {
    return directory.resolve(name).resolve(DATA);
  }

  @Override
  public void create(String name, Map<String, String> options) {
    check(options);
    Path volume = directory.resolve(name);
    try {
      Files.createDirectories(volume);
      if (!options.isEmpty()) {
        byte[] json = new JsonWriter().strings("options", new TreeMap<>(options)).toBytes();
        AtomicFile.write(volume.resolve(OPTIONS), json);
      }
      Files.createDirectories(data(name));
      Files.setPosixFilePermissions(data(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new StorageException("Cannot make volume " + name + " in " + directory + ": " + e, e);
    }
  }

  private static void check(Map<String, String> options) {
    for (String option : options.keySet()) {
      if (!KNOWN.contains(option)) {
        throw new InvalidInputException(
            "invalid option: \"" + option + "\" (the local driver has type, device and o)");
      }
    }
    if (!options.isEmpty()) {
      for (String needed : List.of("device", "type")) {
        if (options.getOrDefault(needed, "").isEmpty()) {
          throw new InvalidInputException("missing required option: \"" + needed + "\"");
        }
      }
      MountOptions.of(options);
    }
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public void remove(String name) {
    Path volume = directory.resolve(name);
    if (!Files.isDirectory(volume)) {
      return;
    }
    try (FileLock lock = lock(volume)) {
      if (isMounted(data(name))) {
        Mounts.unmount(data(name), 0);
      }
    }
    Path gone = directory.resolve(GONE + name);
    try {
      Trees.remove(access, gone);
      Files.move(volume, gone);
    } catch (IOException e) {
      throw new StorageException("Cannot remove volume " + name + ": " + e, e);
    }
    Trees.remove(access, gone);
  }

  /** Whether {@link #removeLeftovers} may find something. */
  boolean hasLeftovers(String record) {
    return !leftovers(record).isEmpty();
  }

  /**
   * Removes what is left of volumes that were being made or removed; nobody else may do either
   * meanwhile. What has files in it stays.
   *
   * @param record the file that a volume has when it is made
   */
  void removeLeftovers(String record) {
    leftovers(record).forEach(path -> Trees.remove(access, path));
  }

  private List<Path> leftovers(String record) {
    try (Stream<Path> volumes = Files.list(directory)) {
      return volumes
          .filter(
              path ->
                  path.getFileName().toString().startsWith(GONE)
                      || Files.isDirectory(path)
                          && Files.notExists(path.resolve(record))
                          && isEmpty(path.resolve(DATA)))
          .toList();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }

  private static boolean isEmpty(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      return false; // not ours to enter: it is let alone
    }
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public Path mount(String name, String user) {
    Path data = data(name);
    Optional<Map<String, String>> options = options(name);
    if (options.isEmpty()) {
      return data;
    }
    Path volume = directory.resolve(name);
    try (FileLock lock = lock(volume)) {
      Files.createDirectories(volume.resolve(USERS));
      if (!isMounted(data)) {
        MountOptions.of(options.get()).mount(data);
      }
      Files.write(volume.resolve(USERS).resolve(user), new byte[0]);
      return data;
    } catch (IOException e) {
      throw new StorageException("Cannot mount volume " + name + ": " + e, e);
    }
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public void unmount(String name, String user) {
    Path volume = directory.resolve(name);
    if (!Files.isDirectory(volume.resolve(USERS))) {
      return;
    }
    try (FileLock lock = lock(volume)) {
      Files.deleteIfExists(volume.resolve(USERS).resolve(user));
      try (Stream<Path> users = Files.list(volume.resolve(USERS))) {
        if (users.findAny().isEmpty() && isMounted(data(name))) {
          Mounts.unmount(data(name), 0);
        }
      }
    } catch (IOException e) {
      throw new StorageException("Cannot unmount volume " + name + ": " + e, e);
    }
  }

  private Optional<Map<String, String>> options(String name) {
    return AtomicFile.read(directory.resolve(name).resolve(OPTIONS))
        .map(bytes -> Json.parse("options of volume " + name, bytes).stringMap("options"));
  }

  private static FileLock lock(Path volume) {
    return FileLock.exclusive(volume.resolve("lock"));
  }

  private static boolean isMounted(Path path) {
    try {
      String escaped = path.toRealPath().toString().replace(" ", "\\040");
      try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
        return mounts.anyMatch(line -> line.split(" ")[4].equals(escaped));
      }
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new ConflictException("Cannot tell whether " + path + " is mounted: " + e);
    }
  }

  @Override
  public Optional<Kept> find(String name) {
    return Files.isDirectory(data(name))
        ? Optional.of(new Kept(name, Optional.of(data(name))))
        : Optional.empty();
  }

  /** Whether a volume is a plain directory. */
  boolean isPlain(String name) {
    return options(name).isEmpty();
  }

  @Override
  public List<Kept> list() {
    try (Stream<Path> volumes = Files.list(directory)) {
      return volumes
          .filter(path -> Files.isDirectory(path.resolve(DATA)))
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .map(name -> new Kept(name, Optional.of(data(name))))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
