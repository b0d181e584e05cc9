package io.berth.runtime.oci;

import io.berth.error.StorageException;
import io.berth.runtime.launch.NativeLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/** The small init of containers, as a file to be mounted into them. */
public final class InitProgram {
  private InitProgram() {}

  /** Writes it where it is not there yet. */
  public static Path in(Path dataDirectory) {
    Path file = dataDirectory.resolve("bin").resolve("berth-init");
    byte[] program = NativeLauncher.readProgram();
    try {
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), program)) {
        Files.createDirectories(file.getParent());
        Path fresh = Files.createTempFile(file.getParent(), "init", "");
        Files.write(fresh, program);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return file;
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    }
  }
}
