package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.LogOptions;
import io.berth.api.NetworkMode;
import io.berth.error.BerthException;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that take all they can get, and names that are paths. */
class ContainerAttackIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @AfterEach
  void clean() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
  }

  private static CreateRequest create(String... command) {
    return FIXTURE.engine().containers().create(TestEngine.IMAGE).command(command);
  }

  private static String run(CreateRequest request) {
    try (Container container = request.start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }

  @Test
  void aForkBombEndsAtItsLimitAndWithItsContainer() {
    FIXTURE.assumeLimits();
    // A shell that cannot fork ends, and makes room for another's next one. The first process is
    // none of them.
    try (Container bomb =
        create("sh", "-c", "b() { while :; do b & done; }; b & exec sleep 100000")
            .init(true)
            .pidsLimit(40)
            .start()) {
      Await.until(() -> bomb.stats().pids().current() == 40);

      assertThat(bomb.top().rows().size()).isBetween(1, 40);
      assertThat(run(create("echo", "others go on"))).isEqualTo("others go on\n");
      assertThat(bomb.state().status().isActive()).isTrue();
      bomb.remove(true);
    }
    assertThat(FIXTURE.engine().containers().list()).isEmpty();
  }

  @Test
  void aFloodOfLogsStaysInItsSize() throws IOException {
    try (Container flood =
        create("sh", "-c", "yes $(head -c 3000 /dev/zero | tr '\\0' x)")
            .log(LogOptions.jsonFile(200_000, 3))
            .start()) {
      Path directory = FIXTURE.dataDirectory().resolve("containers").resolve(flood.id());
      Await.until(() -> Files.exists(directory.resolve("log.json.2")));
      flood.kill("KILL"); // a file that is renamed has no size
      flood.waitForExit();
      long size = 0;
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file :
            files.filter(f -> f.getFileName().toString().startsWith("log.json")).toList()) {
          size += Files.size(file);
        }
      }

      assertThat(size).isBetween(1L, 1_000_000L);
    }
  }

  @Test
  void processOneThatIgnoresSignalsIsKilled() {
    try (Container deaf =
        create("sh", "-c", "trap '' TERM INT HUP QUIT; while :; do sleep 1; done").start()) {
      deaf.stop(Duration.ofMillis(300));

      assertThat(deaf.state().status().isActive()).isFalse();
      assertThat(deaf.waitForExit()).isEqualTo(137);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..", "../x", "a/b", "/etc", "a\0b", "a\nb", "\u001b[31m", "-rf", ".", "a/../.."})
  void aNameThatIsAPathIsRefused(String name) {
    assertThatThrownBy(() -> create("true").name(name).create()).isInstanceOf(BerthException.class);
    assertThatThrownBy(() -> FIXTURE.engine().containers().get(name))
        .isInstanceOf(BerthException.class);
    assertThatThrownBy(() -> FIXTURE.engine().volumes().create(name).execute())
        .isInstanceOf(BerthException.class);
    assertThat(FIXTURE.engine().volumes().find(name)).isEmpty();
    assertThatThrownBy(() -> FIXTURE.engine().networks().create(name).execute())
        .isInstanceOf(BerthException.class);
    assertThatThrownBy(() -> FIXTURE.engine().networks().get(name))
        .isInstanceOf(BerthException.class);
    assertThatThrownBy(() -> FIXTURE.engine().images().get(name))
        .isInstanceOf(BerthException.class);
    assertThatThrownBy(() -> FIXTURE.engine().volumes().create("v").driver(name).execute())
        .isInstanceOf(BerthException.class);
    assertThatThrownBy(() -> create("true").hostname(name).start())
        .isInstanceOf(BerthException.class);
  }

  @Test
  void usersAreReadFromRegularFilesOfTheImageAlone() {
    List<HostileImage> images =
        List.of(
            new HostileImage().special("etc/passwd", TarConstants.LF_FIFO, 0, 0),
            new HostileImage().special("etc/passwd", TarConstants.LF_CHR, 1, 5),
            new HostileImage().link("etc/passwd", "/proc/self/fd/0"),
            new HostileImage().link("etc/passwd", "../".repeat(30) + "etc/passwd-"),
            new HostileImage().link("etc/passwd", "passwd"),
            new HostileImage().file("etc/passwd", new byte[5 << 20], 0644),
            new HostileImage().file("etc/passwd", "a:x:\0:-1:::\nsomeone:x:99999999999:0::/:"));
    for (HostileImage hostile : images) {
      Image image = hostile.importAs(FIXTURE.engine(), "hostile/passwd");

      assertThatThrownBy(
              () ->
                  FIXTURE
                      .engine()
                      .containers()
                      .create(image)
                      .user("someone")
                      .command("true")
                      .start())
          .isInstanceOf(BerthException.class);
    }
    Image many =
        new HostileImage()
            .file("etc/passwd", "root:x:0:0::/:\nsomeone:x:7:7::/:\n")
            .file(
                "etc/group",
                Stream.iterate(1, i -> i + 1)
                    .limit(5000)
                    .map(i -> "g" + i + ":x:" + i + ":someone\n")
                    .reduce("", String::concat))
            .importAs(FIXTURE.engine(), "hostile/groups");
    assertThatThrownBy(
            () ->
                FIXTURE.engine().containers().create(many).user("someone").command("true").start())
        .isInstanceOf(BerthException.class);
  }

  @Test
  void aHostileInterpreterIsRunInTheContainer() throws IOException {
    byte[] elf = Files.readAllBytes(Path.of("/bin/true"));
    HostileImage image =
        new HostileImage()
            .file("bin/lost", "#!/no/such/interpreter\n")
            .file("bin/loop", "#!/bin/loop\n")
            .file("bin/long", "#!/bin/" + "x".repeat(5000) + "\n")
            .file("bin/fd", "#!/proc/self/fd/3\n")
            .file("bin/dynamic", elf, 0755)
            .file("bin/cut", java.util.Arrays.copyOf(elf, 200), 0755)
            .link("lib64/ld-linux-x86-64.so.2", "/proc/self/exe")
            .link("lib/ld-linux-aarch64.so.1", "/proc/self/exe");
    image.importAs(FIXTURE.engine(), "hostile/interpreter");
    for (String program : List.of("lost", "loop", "long", "fd", "dynamic", "cut")) {
      try (Container container =
          FIXTURE
              .engine()
              .containers()
              .create("hostile/interpreter")
              .command("/bin/" + program)
              .start()) {
        assertThat(container.waitForExit()).isNotZero();
      } catch (BerthException refused) {
        assertThat(refused).hasMessageContaining(program);
      }
    }
    assertThat(run(create("echo", "unharmed"))).isEqualTo("unharmed\n");
  }

  @Test
  void abstractSocketsOfTheHostAreOutOfReachWithoutItsNetwork() throws IOException {
    Probe probe = Probe.build();
    Image image =
        new HostileImage().program(probe.program()).importAs(FIXTURE.engine(), "hostile/abstract");
    String name = "berth-attack-" + ProcessHandle.current().pid();
    Process server = new ProcessBuilder(probe.program().toString(), "serve", name).start();
    try {
      Await.pass(() -> assertThat(probe.run("abstract", name)).startsWith("connected"));
      assertThat(
              run(
                  FIXTURE
                      .engine()
                      .containers()
                      .create(image)
                      .network(NetworkMode.NONE)
                      .command("probe", "abstract", name)))
          .isEqualTo("Connection refused\n");
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void containersDoNotSeeOneAnothersProcesses() {
    try (Container victim = create("sleep", "54321").start();
        Container attacker =
            create("sh", "-c", "ps; for p in /proc/[0-9]*; do cat $p/cmdline; done")
                .capAdd("SYS_PTRACE")
                .start()) {
      attacker.waitForExit();

      assertThat(attacker.logs().stdout()).doesNotContain("54321");
      assertThat(victim.state().status().isActive()).isTrue();
    }
  }
}
