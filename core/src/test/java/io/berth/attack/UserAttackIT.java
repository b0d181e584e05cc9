package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.MountSpec;
import io.berth.api.Wait;
import io.berth.image.Commands;
import io.berth.testing.Leaks;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What another user of this host learns of containers, and can do to them (CVE-2021-41091). */
class UserAttackIT {
  private static final String SECRET = "s3cr3t-of-a-container";

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static int run(List<String> command, StringBuilder output)
      throws IOException, InterruptedException {
    List<String> whole =
        new ArrayList<>(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    whole.addAll(command);
    Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
    process.getOutputStream().close();
    output.append(new String(process.getInputStream().readAllBytes()));
    return process.waitFor();
  }

  @Test
  void anotherUserReadsAndReachesNothingOfAContainer() throws IOException, InterruptedException {
    Assumptions.assumeFalse(FIXTURE.isRootless(), "needs root, who can be another user");
    Commands.require("setpriv");
    // As the data directory of an administrator who gave it a mode that lets everybody in.
    Path data = FIXTURE.dataDirectory();
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .env("TOKEN", SECRET)
            .mount(MountSpec.volume("data", "/data"))
            .command(
                "sh",
                "-c",
                "echo $TOKEN | tee /data/file /own; chmod 777 /data /data/file /own;"
                    + " cp /bin/busybox /data/setuid; chmod 4755 /data/setuid; echo ready;"
                    + " exec sleep 1000")
            .start()) {
      container.waitFor(Wait.forLog("^ready$"));
      StringBuilder seen = new StringBuilder();
      run(List.of("grep", "-rsl", SECRET, data.toString()), seen);
      for (long pid : Leaks.processes(data)) {
        run(List.of("cat", "/proc/" + pid + "/environ"), seen);
        run(List.of("ls", "-l", "/proc/" + pid + "/root/", "/proc/" + pid + "/fd"), seen);
        run(List.of("cat", "/proc/" + pid + "/cmdline"), seen);
        assertThat(run(List.of("kill", "-9", String.valueOf(pid)), seen)).isNotZero();
      }

      assertThat(seen.toString()).doesNotContain(SECRET).doesNotContain("/file");
      assertThat(run(List.of(data + "/volumes/data/_data/setuid", "id"), seen)).isNotZero();
      assertThat(container.state().status().isActive()).isTrue();
    }
  }

  @Test
  void noFileOfTheEngineIsOpenToOthers() throws IOException {
    try (Container container =
            FIXTURE
                .engine()
                .containers()
                .create(TestEngine.IMAGE)
                .command("sleep", "1000")
                .start();
        Stream<Path> below = Files.list(FIXTURE.dataDirectory())) {
      Path directory = FIXTURE.dataDirectory().resolve("containers").resolve(container.id());

      assertThat(mode(directory)).isEqualTo("rwx------");
      assertThat(mode(directory.resolve("control.sock"))).isEqualTo("rwx------");
      for (Path path : below.filter(Files::isDirectory).toList()) {
        assertThat(mode(path)).as(path.toString()).matches("rwx(------|--x---|r-xr-x)");
        if (mode(path).endsWith("r-x")) {
          assertThat(path.getFileName().toString()).isIn("bin", "stubs", "events", "networks");
        }
      }
    }
  }

  @Test
  void theEngineListensOnNoAbstractSocket() throws IOException {
    try (Container container =
        FIXTURE.engine().containers().create(TestEngine.IMAGE).command("sleep", "1000").start()) {
      List<String> inodes = new ArrayList<>();
      for (long pid : Leaks.processes(FIXTURE.dataDirectory())) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
          for (Path each : descriptors.toList()) {
            inodes.add(
                Files.readSymbolicLink(each).toString().replaceAll("socket:\\[(\\d+)]", "$1"));
          }
        }
      }

      assertThat(container.state().status().isActive()).isTrue();
      assertThat(Files.readAllLines(Path.of("/proc/net/unix")))
          .filteredOn(line -> line.contains(" @"))
          .noneMatch(line -> inodes.contains(line.trim().split("\\s+")[6]));
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
