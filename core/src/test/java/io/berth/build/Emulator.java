package io.berth.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.opentest4j.TestAbortedException;

/** Has the kernel run programs for aarch64 with qemu, while it is open. */
final class Emulator implements AutoCloseable {
  private static final Path QEMU = Path.of("/usr/bin/qemu-aarch64-static");
  private static final String MAGIC =
      "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00";
  private static final String MASK =
      "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff"
          + "\\xff";

  private final Path point;
  private final Path entry;

  private Emulator(Path point, Path entry) {
    this.point = point;
    this.entry = entry;
  }

  /**
   * @throws TestAbortedException where that is not possible
   */
  static Emulator register(Path directory) throws IOException, InterruptedException {
    if (!Files.isExecutable(QEMU)) {
      throw new TestAbortedException("needs the Debian package qemu-user-static");
    }
    Path point = Files.createDirectory(directory.resolve("binfmt"));
    if (run("mount", "-t", "binfmt_misc", "binfmt_misc", point.toString()) != 0) {
      throw new TestAbortedException("binfmt_misc cannot be mounted here");
    }
    String name = "berth-test-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    try {
      Files.write(
          point.resolve("register"),
          (":" + name + ":M::" + MAGIC + ":" + MASK + ":" + QEMU + ":F")
              .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      run("umount", point.toString());
      throw new TestAbortedException("no emulator can be registered here: " + e);
    }
    return new Emulator(point, point.resolve(name));
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Files.writeString(entry, "-1");
    run("umount", point.toString());
  }
}
