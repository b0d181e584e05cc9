package io.berth.container;

import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.linux.FileLock;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where containers are on disk. A container is there from the moment its directory gets its final
 * name, and gone from the moment it loses it; see {@link ContainerNames}.
 */
final class ContainerFiles {
  private static final FileAttribute<?> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path containers;
  private final ContainerNames names;

  ContainerFiles(Path dataDirectory) {
    this.containers = dataDirectory.resolve("containers");
    makeDirectories(containers.resolve("names"));
    this.names = new ContainerNames(containers.resolve("names"));
  }

  /** Makes a directory that only its owner may enter. */
  static Path makeDirectories(Path directory) {
    try {
      return Files.createDirectories(directory, OWNER_ALONE);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e, e);
    }
  }

  Path directory(String id) {
    return containers.resolve(id);
  }

  /** A directory for the launch of a build step, which is no container of its own. */
  Path beginStep(String id) {
    Path directory = make(containers.resolve(".step-" + id));
    make(directory.resolve("root"));
    return directory;
  }

  /** Begins a directory that becomes the container's when it is published, and claims the name. */
  void begin(ContainerConfig config) {
    Path fresh = fresh(config.id());
    try {
      make(fresh);
      Files.createDirectory(fresh.resolve("root"));
      Files.write(fresh.resolve("config.json"), config.toBytes());
    } catch (IOException | RuntimeException e) {
      delete(fresh);
      throw failed(config, e);
    }
    // After the directory: a name whose container does not exist is free.
    try {
      claim(config);
    } catch (RuntimeException e) {
      delete(fresh);
      throw e;
    }
  }

  /** Gives the directory its final name. */
  void publish(ContainerConfig config) {
    try {
      Files.move(fresh(config.id()), directory(config.id()), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      abandon(config);
      throw failed(config, e);
    }
  }

  /** Takes back what begin did. */
  void abandon(ContainerConfig config) {
    delete(fresh(config.id()));
    if (config.hasName()) {
      names.free(config.name());
    }
  }

  private StorageException failed(ContainerConfig config, Exception e) {
    return new StorageException(
        "Cannot make container " + config.name() + " in " + containers + ": " + e, e);
  }

  private Path fresh(String id) {
    return containers.resolve(".new-" + id);
  }

  /** Whether a container of this id is there, being made or being removed. */
  boolean exists(String id) {
    return Files.exists(directory(id))
        || Files.exists(fresh(id))
        || Files.exists(containers.resolve(".gone-" + id));
  }

  /**
   * Keeps other engines from starting or removing it, and from mounting its files while it does not
   * run.
   *
   * @throws NotFoundException when it is gone
   */
  FileLock lock(ContainerConfig config) {
    return tryToLock(config).orElseThrow(() -> gone(config));
  }

  /** The same; empty when it is gone. */
  Optional<FileLock> tryToLock(ContainerConfig config) {
    FileLock lock;
    try {
      lock = Views.lock(directory(config.id()));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    // Its directory may have been moved away while this was waiting.
    if (!Files.exists(directory(config.id()))) {
      lock.close();
      return Optional.empty();
    }
    return Optional.of(lock);
  }

  /**
   * @throws NotFoundException when it is gone
   */
  void require(ContainerConfig config) {
    if (!Files.exists(directory(config.id()))) {
      throw gone(config);
    }
  }

  private static NotFoundException gone(ContainerConfig config) {
    return new NotFoundException(
        "No such container: " + config.name() + ": it has been removed; make it anew");
  }

  private void claim(ContainerConfig config) {
    if (!config.hasName() || names.take(config.name(), config.id())) {
      return;
    }
    try (FileLock lock = names.lock()) {
      takeLocked(config);
    }
  }

  private void takeLocked(ContainerConfig config) {
    String name = config.name();
    if (!isOwned(name)) {
      names.free(name);
    }
    if (!names.take(name, config.id())) {
      String owner = names.owner(name).map(id -> id.substring(0, 12)).orElse("?");
      throw new ConflictException(
          "The container name \""
              + name
              + "\" is in use by container "
              + owner
              + ". Remove or rename that container to use the name again.");
    }
  }

  /** Or its owner went, or got its other name, in a crash between two steps. */
  private boolean isOwned(String name) {
    Optional<String> owner = names.owner(name);
    return owner.filter(this::exists).isPresent()
        && owner.flatMap(this::config).filter(config -> !config.name().equals(name)).isEmpty();
  }

  Optional<ContainerConfig> config(String id) {
    return config(directory(id));
  }

  private static Optional<ContainerConfig> config(Path directory) {
    Path file = directory.resolve("config.json");
    try {
      return Optional.of(ContainerConfig.parse(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /** All configurations, also of containers that are being made. */
  List<ContainerConfig> all() {
    List<ContainerConfig> all = new ArrayList<>();
    try (Stream<Path> directories = Files.list(containers)) {
      for (Path each : (Iterable<Path>) directories::iterator) {
        String name = each.getFileName().toString();
        String id = name.startsWith(".new-") ? name.substring(".new-".length()) : name;
        if (id.length() == 64) {
          // Read by both names: it may be published in this moment.
          config(fresh(id)).or(() -> config(directory(id))).ifPresent(all::add);
        }
      }
    } catch (IOException e) {
      throw new StorageException("Cannot list " + containers + ": " + e, e);
    }
    return all;
  }

  /** The id behind a name, if it is one. */
  Optional<String> byName(String name) {
    return names.owner(name);
  }

  List<String> ids() {
    try (Stream<Path> all = Files.list(containers)) {
      return all.map(p -> p.getFileName().toString())
          .filter(n -> n.length() == 64 && n.charAt(0) != '.')
          .toList();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + containers + ": " + e, e);
    }
  }

  /** Directories of steps and of containers half made or half removed. */
  List<Path> leftovers() {
    try (Stream<Path> all = Files.list(containers)) {
      return all.filter(p -> p.getFileName().toString().startsWith(".")).toList();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + containers + ": " + e, e);
    }
  }

  void remove(ContainerConfig config) {
    Path gone = containers.resolve(".gone-" + config.id());
    try {
      Files.move(directory(config.id()), gone, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    } catch (AtomicMoveNotSupportedException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new StorageException("Cannot remove container " + config.name() + ": " + e, e);
    }
    if (config.hasName()) {
      names.free(config.name());
    }
    delete(gone);
  }

  /** Replaces what is known of a container. */
  void update(ContainerConfig config) {
    Path file = directory(config.id()).resolve("config.json");
    Path fresh = file.resolveSibling("config.new");
    try {
      Files.write(fresh, config.toBytes());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    }
  }

  /**
   * Gives a container another name: both are taken for a moment, so that nobody gets the old one
   * before the new one is on disk.
   */
  void rename(ContainerConfig from, ContainerConfig to) {
    try (FileLock lock = names.lock()) {
      takeLocked(to);
      try {
        update(to);
      } catch (RuntimeException e) {
        names.free(to.name());
        throw e;
      }
      if (from.hasName()) {
        names.free(from.name());
      }
    }
  }

  /** The directory of a process in a container. */
  Path beginExec(String id, String execId) {
    return make(directory(id).resolve("exec-" + execId));
  }

  /**
   * Deletes a directory of ours with all that is in it. Nothing of a container's own files is ever
   * in one: those are in its snapshot.
   */
  static void delete(Path directory) {
    List<Path> entries = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      all.forEach(entries::add);
    } catch (IOException e) {
      return;
    }
    for (Path entry : entries) {
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        delete(entry);
      } else {
        deleteQuietly(entry);
      }
    }
    deleteQuietly(directory);
  }

  static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next open tries again.
    }
  }

  static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /** When something was last written in a directory; 0 when it is gone. */
  static long modifiedMillis(Path path) {
    try {
      return Files.getLastModifiedTime(path).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  private static Path make(Path directory) {
    try {
      return Files.createDirectory(directory, OWNER_ALONE);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e, e);
    }
  }
}
