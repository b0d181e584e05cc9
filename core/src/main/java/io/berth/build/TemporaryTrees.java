package io.berth.build;

import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileRights;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Directories for the time of a build, which removes them at its end. */
final class TemporaryTrees implements AutoCloseable {
  private final FileRights access;
  private final Path parent;
  private final List<Path> made = new ArrayList<>();

  /**
   * @param parent where they are made; made itself when it is missing
   */
  TemporaryTrees(FileRights access, Path parent) {
    this.access = access;
    this.parent = parent;
  }

  synchronized Path make(String prefix) {
    try {
      Files.createDirectories(parent);
      Path directory = Files.createTempDirectory(parent, prefix);
      made.add(directory);
      return directory;
    } catch (IOException e) {
      throw new StorageException("Cannot make a directory in " + parent + ": " + e, e);
    }
  }

  static void delete(Path tree) {
    delete(FileRights.direct(), tree);
  }

  private static void delete(FileRights access, Path tree) {
    if (Files.exists(tree)) {
      try (Fd above = access.openDirectory(tree.toAbsolutePath().getParent())) {
        Trees.remove(above, tree.getFileName().toString());
      }
    }
  }

  @Override
  public synchronized void close() {
    made.forEach(tree -> delete(access, tree));
    made.clear();
  }
}
