package io.berth.container;

import io.berth.error.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory with nothing but what every container is mounted on: {@code /proc}, {@code
 * /etc/hosts} and so on. It lies below all layers of an image, so that it shows only where the
 * image has nothing of that name, and no container has to make mount points in a layer of its own.
 */
final class StubLayer {
  private static final List<String> DIRECTORIES = List.of("proc", "sys", "dev", "etc");
  private static final List<String> FILES = List.of("etc/hosts", "etc/hostname", "etc/resolv.conf");

  private StubLayer() {}

  /** Makes it where it is not there yet. */
  static Path in(Path dataDirectory) {
    Path layer = dataDirectory.resolve("stubs");
    try {
      for (String directory : DIRECTORIES) {
        Files.createDirectories(layer.resolve(directory));
      }
      for (String file : FILES) {
        make(layer.resolve(file));
      }
      return layer;
    } catch (IOException e) {
      throw new StorageException("Cannot make " + layer + ": " + e, e);
    }
  }

  private static void make(Path file) throws IOException {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Another engine, or an earlier run.
    }
  }
}
