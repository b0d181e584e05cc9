package io.berth.build;

import io.berth.dockerfile.MountOptions.Sharing;
import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.json.JsonWriter;
import io.berth.linux.FileLock;
import io.berth.linux.FileRights;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The directories of {@code RUN --mount=type=cache}, kept from one build to the next.
 *
 * <pre>
 * cache/mounts/HEX/mount.json  the cache's id; its time is that of the last use
 * cache/mounts/HEX/0/data      what is mounted; 1, 2 and so on are of steps that ran at once
 * cache/mounts/HEX/0/lock      held while it is used: shared, or exclusively
 * </pre>
 */
final class CacheMounts {
  private final FileRights access;
  private final Path directory;
  private final String namespace;

  /**
   * @param namespace of the ids, as the build argument BUILDKIT_CACHE_MOUNT_NS sets it
   */
  CacheMounts(FileRights access, Path directory, String namespace) {
    this.access = access;
    this.directory = directory;
    this.namespace = namespace;
  }

  /** A cache in use. */
  record Held(Path directory, FileLock lock) implements AutoCloseable {
    @Override
    public void close() {
      lock.close();
    }
  }

  /**
   * Takes a cache into use; waits for a locked one.
   *
   * @param fill prepares the directory when it is new
   */
  Held hold(String id, Sharing sharing, Consumer<Path> fill) {
    Path cache = directory.resolve(new KeyDigest("mount").add(namespace).add(id).digest().hex());
    AtomicFile.write(
        cache.resolve("mount.json"),
        new JsonWriter().put("id", id).put("namespace", namespace).toBytes());
    if (sharing == Sharing.PRIVATE) {
      for (int i = 0; ; i++) {
        Path instance = make(cache.resolve(Integer.toString(i)));
        Optional<FileLock> lock = FileLock.tryExclusive(instance.resolve("lock"));
        if (lock.isPresent()) {
          return filled(instance, fill, lock.get());
        }
      }
    }
    Path instance = make(cache.resolve("0"));
    return sharing == Sharing.SHARED ? shared(instance, fill) : alone(instance, fill);
  }

  private Held alone(Path instance, Consumer<Path> fill) {
    return filled(instance, fill, FileLock.exclusive(instance.resolve("lock")));
  }

  /**
   * Held exclusively only to be filled. Nobody waits for it alone: whoever has filled it shares it,
   * and may be waiting for the other.
   */
  private Held shared(Path instance, Consumer<Path> fill) {
    Path file = instance.resolve("lock");
    while (true) {
      if (Files.isDirectory(instance.resolve("data"))) {
        FileLock shared = FileLock.shared(file);
        if (Files.isDirectory(instance.resolve("data"))) {
          return new Held(instance.resolve("data"), shared);
        }
        shared.close(); // removed meanwhile
      }
      Optional<FileLock> alone = FileLock.tryExclusive(file);
      if (alone.isPresent()) {
        Held held = filled(instance, fill, alone.get());
        held.lock().share();
        return held;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("The build was interrupted", e);
    }
  }

  private Held filled(Path instance, Consumer<Path> fill, FileLock lock) {
    try {
      return new Held(filled(instance, fill), lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static Path make(Path instance) {
    try {
      return Files.createDirectories(instance);
    } catch (IOException e) {
      throw new StorageException("Cannot make the cache " + instance + ": " + e, e);
    }
  }

  private Path filled(Path instance, Consumer<Path> fill) {
    Path data = instance.resolve("data");
    if (Files.isDirectory(data)) {
      return data;
    }
    Path fresh = instance.resolve("new");
    Trees.remove(access, fresh);
    try {
      Files.createDirectory(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      fill.accept(fresh);
      return Files.move(fresh, data);
    } catch (IOException e) {
      throw new StorageException("Cannot make the cache " + data + ": " + e, e);
    }
  }
}
