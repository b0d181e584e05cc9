package io.berth.build;

import io.berth.api.BuildLender;
import io.berth.error.StorageException;
import io.berth.linux.FileRights;
import io.berth.linux.StatusCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The secrets of a build. For the time of a step they are files in memory, in a directory that only
 * this user may enter.
 */
final class Secrets {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Map<String, Supplier<byte[]>> values;
  private final BuildLender lender;

  /**
   * @param lender of those that are not among the values
   */
  Secrets(Map<String, Supplier<byte[]>> values, BuildLender lender) {
    this.values = Map.copyOf(values);
    this.lender = lender;
  }

  Optional<byte[]> find(String id) {
    return Optional.ofNullable(values.get(id)).map(Supplier::get).or(() -> lender.secret(id));
  }

  /** What a host is told of who asks, by the secrets that docker knows for that. */
  Optional<String> authorization(String host) {
    return find("HTTP_AUTH_TOKEN_" + host)
        .map(token -> "Bearer " + text(token))
        .or(() -> find("HTTP_AUTH_HEADER_" + host).map(Secrets::text));
  }

  private static String text(byte[] secret) {
    return new String(secret, StandardCharsets.UTF_8).strip();
  }

  /** A file with this content, in a directory of its own. */
  Path file(byte[] content) {
    try {
      return Files.write(directory().resolve("file"), content);
    } catch (IOException e) {
      throw new StorageException("Cannot write a file for the build step: " + e, e);
    }
  }

  /** A directory in memory, where there is such a file system. */
  static Path directory() throws IOException {
    return Files.isDirectory(MEMORY) && Files.isWritable(MEMORY)
        ? Files.createTempDirectory(
            MEMORY,
            "berth-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
        : Files.createTempDirectory("berth-");
  }

  static void own(FileRights access, Path file, long uid, long gid, int mode) {
    StatusCalls.chown(access.cwd(), file.toString(), uid, gid);
    StatusCalls.chmod(access.cwd(), file.toString(), mode);
  }

  /** Removes a file and its directory. */
  static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.getParent());
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + file + ": " + e, e);
    }
  }
}
