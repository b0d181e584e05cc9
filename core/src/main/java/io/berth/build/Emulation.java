package io.berth.build;

import io.berth.api.LaunchException;
import io.berth.error.BerthException;
import io.berth.error.Errno;
import io.berth.oci.Platform;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Programs for another architecture, which the kernel runs where an emulator is registered. */
final class Emulation {
  private static final Path REGISTERED = Path.of("/proc/sys/fs/binfmt_misc");

  /** The emulators' names of architectures, where they differ from Go's. */
  private static final Map<String, String> MACHINES =
      Map.of(
          "amd64",
          "x86_64",
          "386",
          "i386",
          "arm64",
          "aarch64",
          "mips64le",
          "mips64el",
          "mipsle",
          "mipsel",
          "loong64",
          "loongarch64");

  private Emulation() {}

  /**
   * Says what is missing, where a program could not be started since it is for another platform.
   */
  static BerthException explain(LaunchException failure, Platform platform) {
    boolean foreign = failure.stage().equals("exec") && !Platform.host().runs(platform);
    if (!foreign) {
      return failure;
    }
    String machine = MACHINES.getOrDefault(platform.architecture(), platform.architecture());
    String problem;
    if (failure.errno() == Errno.ENOEXEC) {
      problem = "This host cannot run programs for " + platform;
    } else if (failure.errno() == Errno.ENOENT && lacksFixedEmulator(machine)) {
      problem =
          "The emulator of "
              + platform
              + " is registered without the flag F, so it is not found inside of a container";
    } else {
      return failure;
    }
    return new BerthException(
        problem
            + " ("
            + failure.path()
            + "). Install an emulator that the kernel starts by itself: the packages"
            + " qemu-user-static and binfmt-support of Debian and Ubuntu (qemu-user-static of"
            + " Fedora), which register qemu-"
            + machine
            + " in "
            + REGISTERED
            + ". Or let the stage begin with FROM --platform=$BUILDPLATFORM and make what it gives"
            + " for $TARGETPLATFORM",
        failure);
  }

  private static boolean lacksFixedEmulator(String machine) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(REGISTERED, "*" + machine)) {
      for (Path entry : entries) {
        if (Files.readString(entry).lines().anyMatch(l -> l.matches("flags: [^F]*"))) {
          return true;
        }
      }
    } catch (IOException e) {
      // Not for this process to see.
    }
    return false;
  }
}
