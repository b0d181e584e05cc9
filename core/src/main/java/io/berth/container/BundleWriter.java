package io.berth.container;

import io.berth.error.ConflictException;
import io.berth.error.StorageException;
import io.berth.internal.Pipe;
import io.berth.layers.TreeArchive;
import io.berth.layers.TreeUnpacker;
import io.berth.layers.UnpackLimit;
import io.berth.linux.Fd;
import io.berth.linux.FileRights;
import io.berth.linux.RootDir;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.oci.InitProgram;
import io.berth.runtime.oci.OciConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes a container as an OCI bundle: {@code config.json}, its root file system, its /etc files.
 */
final class BundleWriter {
  private static final String ROOT = "rootfs";

  private final Path bundle;

  /**
   * @param bundle a directory that is empty or not there
   */
  BundleWriter(Path bundle) {
    this.bundle = bundle.toAbsolutePath().normalize();
  }

  /**
   * @param describe the launch of the container in a directory, whose /etc files it writes there
   * @param files its root file system without what is mounted in it
   */
  void write(Function<Path, LaunchSpec> describe, RootDir files, boolean init) {
    try {
      Files.createDirectories(bundle);
      try (Stream<Path> entries = Files.list(bundle)) {
        if (entries.findAny().isPresent()) {
          throw new ConflictException(
              "Cannot write a bundle to " + bundle + ": it is not empty; choose a new directory");
        }
      }
      Path root = Files.createDirectory(bundle.resolve(ROOT));
      FileRights access = copy(files, root);
      LaunchSpec spec = describe.apply(bundle);
      Path program = init ? InitProgram.in(bundle) : bundle;
      Files.write(
          bundle.resolve("config.json"), OciConfig.write(spec, bundle, ROOT, program, access));
    } catch (IOException e) {
      throw new StorageException("Cannot write the bundle " + bundle + ": " + e, e);
    }
  }

  /** With whose rights it was done: what it has written is of ids in that user namespace. */
  private static FileRights copy(RootDir files, Path to) {
    FileRights access;
    try (Fd from = files.openDirectory("/")) {
      access = from.access();
    }
    Pipe.run(
        "write a bundle",
        out -> {
          try (Fd from = files.openDirectory("/")) {
            TreeArchive.write(from, ".", "", out);
          }
        },
        in -> {
          try (Fd root = access.openDirectory(to)) {
            TreeUnpacker.Options all =
                new TreeUnpacker.Options(false, Optional.empty(), true, UnpackLimit.NONE);
            TreeUnpacker.beneath(root, all).unpack(in);
          }
          return true;
        });
    return access;
  }
}
