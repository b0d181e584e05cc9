package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.ExecResult;
import io.berth.api.Image;
import io.berth.api.Wait;
import io.berth.oci.Healthcheck;
import io.berth.runtime.launch.NativeLauncher;
import io.berth.testing.Await;
import io.berth.testing.Leaks;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a container could get of the launcher, which runs in it for a moment: its program
 * (CVE-2019-5736), its descriptors and working directory (CVE-2016-9962, CVE-2024-21626), the
 * engine's keys.
 */
class LauncherAttackIT {
  private static final int ALL_SEALS = 0xf; // no seal, shrink, grow, write
  private static final int O_DIRECTORY = 0x10000;
  private static final int SPECIAL_SESSION_KEYRING = -3;
  private static final String IMAGE = "hostile/launcher";

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Probe probe = Probe.build();
  private int leaked = -1;

  @BeforeEach
  void holdADescriptorThatIsInherited() {
    if (FIXTURE.engine().images().list().stream()
        .noneMatch(i -> i.tags().toString().contains(IMAGE))) {
      new HostileImage()
          .program(probe.program())
          .file("bin/self", "#!/proc/self/exe\n")
          .importAs(FIXTURE.engine(), IMAGE);
    }
    leaked = Function.getFunction("c", "open").invokeInt(new Object[] {"/etc", O_DIRECTORY});
    assertThat(leaked).isPositive();
  }

  @AfterEach
  void removeContainers() {
    Function.getFunction("c", "close").invokeInt(new Object[] {leaked});
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
  }

  private Container start(String... command) {
    return FIXTURE.engine().containers().create(IMAGE).command(command).start();
  }

  @Test
  void eachProcessOfTheEngineRunsFromASealedFile() throws IOException {
    try (Container container =
        FIXTURE.engine().containers().create(IMAGE).init(true).command("sleep", "1000").start()) {
      container.exec("true").execute();
      TreeSet<String> names = new TreeSet<>();
      for (long pid : Leaks.processes(FIXTURE.dataDirectory())) {
        String name = nameOf(pid);
        if (name.startsWith("berth-")) {
          names.add(name);
          assertThat(probe.run("seals", String.valueOf(pid))).isEqualTo(ALL_SEALS + "\n");
          assertThat(Path.of("/proc/" + pid + "/exe"))
              .isReadable()
              .satisfies(LauncherAttackIT::cannotBeWritten);
        }
      }
      assertThat(names).contains("berth-monitor");
      long init = container.pid().orElseThrow();
      assertThat(probe.run("seals", String.valueOf(init))).isEqualTo(ALL_SEALS + "\n");
      assertThat(container.exec("sh", "-c", "echo evil > /proc/1/exe").execute().exitCode())
          .isNotZero();
    }
  }

  private static String nameOf(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private static void cannotBeWritten(Path program) {
    try {
      Files.newByteChannel(program, StandardOpenOption.WRITE).close();
      throw new AssertionError(program + " was opened for writing");
    } catch (FileSystemException expected) {
      assertThat(Files.isReadable(program)).isTrue();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aContainerCannotOverwriteTheProgramThatEntersIt() throws IOException {
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(IMAGE)
            .capAdd("SYS_PTRACE")
            // Its own programs are not what it is to overwrite.
            .readOnlyRoot(true)
            .command("probe", "overwrite")
            .start()) {
      container.waitFor(Wait.forLog("begun"));
      for (int i = 0; i < 12; i++) {
        assertThat(container.exec("true").execute().exitCode()).isZero();
        // The launcher itself as the interpreter of what is executed: it does nothing.
        container.exec("/bin/self").execute();
      }
      container.stop(Duration.ofMinutes(1));

      assertThat(container.logs().stdout()).endsWith(" written 0\n");
    }
    try (Container after = start("echo", "unharmed")) {
      after.waitForExit();
      assertThat(after.logs().stdout()).isEqualTo("unharmed\n");
    }
    assertThat(new String(NativeLauncher.readProgram(), StandardCharsets.ISO_8859_1))
        .startsWith("\u007fELF");
  }

  @Test
  void thereAreNoDescriptorsButThoseOfStdio() {
    List<String> stdio = List.of("0", "1", "2");
    Healthcheck check =
        new Healthcheck(
            List.of("CMD-SHELL", "probe fds > /tmp/health.tmp && mv /tmp/health.tmp /tmp/health"),
            java.util.Optional.of(java.time.Duration.ofMillis(50)),
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            java.util.Optional.empty());
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(IMAGE)
            .healthcheck(check)
            .command("sh", "-c", "probe fds; echo end; exec sleep 1000")
            .start()) {
      ExecResult exec = container.exec("probe", "fds").execute();
      ExecResult terminal = container.exec("probe", "fds").tty(true).execute();
      Await.until(() -> container.exec("test", "-e", "/tmp/health").execute().exitCode() == 0);
      String health = container.exec("cat", "/tmp/health").execute().stdout();
      container.waitFor(Wait.forLog("^end$"));

      assertThat(numbers(container.logs().stdout())).containsExactly("0", "1", "2", "end");
      assertThat(numbers(exec.stdout())).isEqualTo(stdio);
      assertThat(numbers(terminal.stdout())).isEqualTo(stdio);
      assertThat(numbers(health)).isEqualTo(stdio);
    }
  }

  @Test
  void aBuildStepHasNoDescriptorsButThoseOfStdio() {
    Image image =
        FIXTURE
            .engine()
            .images()
            .build(
                io.berth.api.ContextSource.files(
                    java.util.Map.of(
                        "Dockerfile",
                        ("FROM "
                                + IMAGE
                                + "\nRUN [\"sh\", \"-c\", \"probe fds > /fds\"]\nCMD cat /fds")
                            .getBytes(StandardCharsets.UTF_8))))
            .execute();
    try (Container container = FIXTURE.engine().containers().create(image).start()) {
      container.waitForExit();
      assertThat(numbers(container.logs().stdout())).isEqualTo(List.of("0", "1", "2"));
    }
  }

  private static List<String> numbers(String descriptors) {
    return Arrays.stream(descriptors.split("\r?\n")).map(line -> line.split(" ")[0]).toList();
  }

  @Test
  void noWorkingDirectoryIsOutsideOfTheRoot() throws IOException {
    try (Container container = start("sleep", "1000")) {
      for (int fd = 3; fd < 14; fd++) {
        for (String path :
            List.of("/proc/self/fd/" + fd, "/proc/self/fd/" + fd + "/../berth-attack")) {
          assertThat(
                  outcome(
                      () ->
                          container
                              .exec("sh", "-c", "ls -d /etc/passwd; pwd -P")
                              .workdir(path)
                              .execute()
                              .stdout()))
              .as("exec in %s", path)
              .satisfies(LauncherAttackIT::isRefusedOrInside);
          assertThat(outcome(() -> printed(path)))
              .as("start in %s", path)
              .satisfies(LauncherAttackIT::isRefusedOrInside);
        }
      }
    }
    assertThat(
            Probe.run(
                List.of(
                    "find", "/sys/fs/cgroup", "/etc", "-maxdepth", "4", "-name", "berth-attack")))
        .isEmpty();
  }

  private static String printed(String workdir) {
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(IMAGE)
            .workdir(workdir)
            .command("sh", "-c", "pwd -P")
            .start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }

  private static String outcome(java.util.function.Supplier<String> action) {
    try {
      return action.get();
    } catch (io.berth.error.BerthException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static void isRefusedOrInside(String outcome) {
    assertThat(outcome)
        .satisfiesAnyOf(
            o -> assertThat(o).startsWith("refused: "), o -> assertThat(o).contains("/proc/"));
    assertThat(outcome).doesNotContain("unreachable)\n");
  }

  @Test
  void theKeysOfTheEngineAreNotFound() {
    Function syscall = Function.getFunction("c", "syscall");
    long addKey = System.getProperty("os.arch").equals("aarch64") ? 217 : 248;
    long keyctl = System.getProperty("os.arch").equals("aarch64") ? 219 : 250;
    String name = "berth-attack-" + ProcessHandle.current().pid();
    long key =
        syscall.invokeLong(
            new Object[] {addKey, "user", name, "secret", 6L, (long) SPECIAL_SESSION_KEYRING});
    org.junit.jupiter.api.Assumptions.assumeTrue(key > 0, "this kernel keeps no keys");
    // Its processes are started from this thread, and so have its session.
    try (Engine berth = FIXTURE.open(FIXTURE.dataDirectory());
        Container container =
            berth
                .containers()
                .create(IMAGE)
                .seccomp(false)
                .command("sh", "-c", "probe key " + name + "; exec sleep 1000")
                .start()) {
      assertThat(container.exec("probe", "key", name).execute().stdout())
          .isNotEqualTo("found\n")
          .isNotEmpty();
      container.waitFor(Wait.forLog("."));
      assertThat(container.logs().stdout()).isNotEqualTo("found\n");
    } finally {
      syscall.invokeLong(new Object[] {keyctl, 3L /* revoke */, key});
    }
  }
}
