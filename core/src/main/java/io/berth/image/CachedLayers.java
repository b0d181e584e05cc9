package io.berth.image;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The layers that results of build steps are, as empty files of their names. They stay when the
 * last image that rests on them goes, until the build cache is pruned.
 */
public final class CachedLayers {
  private final Path directory;

  CachedLayers(Path directory) {
    this.directory = directory;
  }

  public void note(String snapshot) {
    if (!needs(snapshot)) {
      AtomicFile.write(directory.resolve(snapshot), new byte[0]);
    }
  }

  public boolean needs(String snapshot) {
    return Files.exists(directory.resolve(snapshot));
  }

  public void forget(String snapshot) {
    AtomicFile.delete(directory.resolve(snapshot));
  }

  /** All that were noted and not forgotten. */
  public List<String> all() {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }
}
