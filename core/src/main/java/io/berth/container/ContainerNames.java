package io.berth.container;

import io.berth.error.StorageException;
import io.berth.linux.FileLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who has which name: a symbolic link from it to an id, which the kernel makes whole or not at all,
 * and for one only.
 */
final class ContainerNames {
  static final Pattern FORM = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  // NAME_MAX of Linux file systems
  private static final int LONGEST = 255;

  private final Path directory;

  ContainerNames(Path directory) {
    this.directory = directory;
  }

  /** The id that has a name, if it can be one. */
  Optional<String> owner(String name) {
    if (name.length() > LONGEST || !FORM.matcher(name).matches()) {
      return Optional.empty();
    }
    Path link = directory.resolve(name);
    try {
      return Optional.of(Files.readSymbolicLink(link).toString());
    } catch (NoSuchFileException | NotLinkException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + link + ": " + e, e);
    }
  }

  /** Gives a name to an id, unless it is taken. */
  boolean take(String name, String id) {
    Path link = directory.resolve(name);
    try {
      Files.createSymbolicLink(link, Path.of(id));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new StorageException("Cannot write " + link + ": " + e, e);
    }
  }

  void free(String name) {
    ContainerFiles.deleteQuietly(directory.resolve(name));
  }

  /** Held while a name is given up for another, or looked at for whether it is rightly held. */
  FileLock lock() {
    return FileLock.exclusive(directory.resolve(".lock"));
  }
}
