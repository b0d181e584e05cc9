package io.berth.runtime.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.runtime.linux.ProcessCalls;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher for aarch64 under an emulator of user programs, as far as that goes: it knows no
 * namespaces, so a container fails where it would be born; the way there and back is tried.
 */
class Aarch64LauncherIT {
  private static final Path EMULATOR = Path.of("/usr/bin/qemu-aarch64-static");
  private static final byte[] ONE_INSTRUCTION = new byte[8];

  @TempDir Path directory;

  private Path program() throws Exception {
    assumeTrue(
        Files.isExecutable(EMULATOR), "needs the Debian package qemu-user-static to be installed");
    try (InputStream in = NativeLauncher.class.getResourceAsStream("berth-launcher-aarch64")) {
      assumeTrue(in != null, "needs a launcher for aarch64, which gcc-aarch64-linux-gnu builds");
      Path program = directory.resolve("berth-launcher-aarch64");
      Files.write(program, in.readAllBytes());
      return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private LaunchSpecBuilder spec() {
    return LaunchSpec.builder("a".repeat(64), directory)
        .flags(List.of())
        .namespaces(List.of(LaunchSpec.Namespace.MOUNT, LaunchSpec.Namespace.PID))
        .root(directory, "bind", "/", directory, "")
        .args(List.of("/bin/true"))
        .user(0, 0, 022)
        .capabilities(0, 0, 0, 0, 0)
        .seccomp(0, ONE_INSTRUCTION);
  }

  @Test
  void itTakesASpecAndReportsTheStageThatFailed() throws Exception {
    Path program = program();
    int emulator = ProcessCalls.sealedProgram("qemu", Files.readAllBytes(EMULATOR));
    int[] pair = ProcessCalls.packetPair();
    int spawner =
        ProcessCalls.spawn(
            emulator, List.of("qemu", program.toString(), "spawner", " ".repeat(32)), pair[1]);
    ProcessCalls.closeDescriptor(pair[1]);
    try {
      assertThatThrownBy(() -> launch(pair[0], spec().build()))
          .isInstanceOfSatisfying(
              StartFailure.class, e -> assertThat(e.stage()).isEqualTo("clone"));
      assertThat(directory.resolve("monitor")).exists();
      // It is still there for the next one, whose spec says too little.
      assertThatThrownBy(
              () -> launch(pair[0], LaunchSpec.builder("b".repeat(64), directory).build()))
          .isInstanceOfSatisfying(
              StartFailure.class, e -> assertThat(e.stage()).isEqualTo("read spec"));
    } finally {
      ProcessCalls.closeDescriptor(pair[0]);
      ProcessCalls.reap(spawner);
      ProcessCalls.closeDescriptor(emulator);
    }
  }

  private static void launch(int spawner, LaunchSpec spec) {
    int[] pair = ProcessCalls.streamPair();
    ProcessCalls.sendDescriptor(spawner, NativeLauncher.MONITOR, pair[1]);
    ProcessCalls.closeDescriptor(pair[1]);
    ProcessCalls.send(pair[0], new Frame(Frame.SPEC, spec.records()).encode());
    Monitor.awaitStart(pair[0], MonitorListener.none()).close();
  }
}
