package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.linux.FileStatus;
import io.berth.linux.RootDir;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files of a context that came from elsewhere, as a tar or a repository. Its links are followed in
 * it alone: a Dockerfile that is a link to a file of this host is not shown in an error message.
 */
final class ContextFile {
  private static final int LARGEST = 16 << 20;

  private ContextFile() {}

  /** The content of a file; empty when there is no regular one. */
  static Optional<byte[]> read(Path folder, Path file) {
    String path = "/" + folder.relativize(file);
    try (RootDir root = RootDir.openReadOnly(folder)) {
      if (root.stat(path).filter(FileStatus::isRegular).isEmpty()) {
        return Optional.empty();
      }
      try (InputStream in = root.read(path)) {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
          throw new InvalidInputException(
              path + " of the context has more than " + LARGEST + " bytes; shorten it");
        }
        return Optional.of(bytes);
      }
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read " + path + " of the context: " + e, e);
    }
  }

  static String dockerfile(Path folder, Path file) {
    return new String(
        read(folder, file).orElseThrow(() -> Contexts.missing(file)), StandardCharsets.UTF_8);
  }
}
