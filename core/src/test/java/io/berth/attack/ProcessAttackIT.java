package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.NamespaceMode;
import io.berth.api.Network;
import io.berth.api.NetworkMode;
import io.berth.testing.Leaks;
import io.berth.testing.TestEngine;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container can read of other processes, and trace, and what it can take for itself. */
class ProcessAttackIT {
  private static final String IMAGE = "hostile/processes";

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @BeforeAll
  static void makeImage() {
    new HostileImage().program(Probe.build().program()).importAs(FIXTURE.engine(), IMAGE);
  }

  @AfterEach
  void clean() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
    FIXTURE.engine().networks().find("watched").ifPresent(Network::remove);
  }

  private static CreateRequest probe(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "probe";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return FIXTURE.engine().containers().create(IMAGE).network(NetworkMode.NONE).command(command);
  }

  private static String run(CreateRequest request) {
    try (Container container = request.start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }

  /** One whose names and port are served by a process beside its monitor. */
  private static Container watched() {
    return FIXTURE
        .engine()
        .containers()
        .create(IMAGE)
        .network(FIXTURE.engine().networks().create("watched").execute())
        .publish(0, 80)
        .command("sleep", "1000")
        .start();
  }

  @Test
  void aContainerReachesItsOwnProcessesAlone() {
    try (Container other = watched()) {
      assertThat(run(probe("spy").capAdd("SYS_PTRACE"))).isEmpty();
      assertThat(other.state().status().isActive()).isTrue();
    }
  }

  /** It sees them all then, but as those of another: they have rights that it lacks. */
  @Test
  void theEnginesProcessesAreNotReadByWhoSeesThem() {
    try (Container other = watched()) {
      Set<Long> own = new HashSet<>(Leaks.processes(FIXTURE.dataDirectory()));
      own.add(ProcessHandle.current().pid());
      List<String> seen =
          run(probe("spy").pid(NamespaceMode.HOST))
              .lines()
              .filter(line -> own.contains(Long.parseLong(line.split(" ")[0])))
              .filter(line -> line.contains(" berth-") || line.contains(" java"))
              .toList();

      assertThat(seen).anyMatch(line -> line.contains("berth-monitor"));
      assertThat(seen).anyMatch(line -> line.contains("berth-net"));
      assertThat(seen).allSatisfy(line -> assertThat(line).matches("[0-9]+ [^ ]+"));
      assertThat(other.state().status().isActive()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "key, Operation not permitted",
    "userns, Operation not permitted",
    "clone-userns, Operation not permitted",
    "clone3-userns, Function not implemented",
  })
  void neitherKeysNorUserNamespacesAreMade(String what, String error) {
    assertThat(run(probe("exhaust", what, "5"))).isEqualTo("0 " + error + "\n");
  }

  /** Of queues each user has so many bytes, as the limit on them says. */
  @ParameterizedTest
  @CsvSource({"mqueue, 9", "fds, 61"})
  void descriptorsAndQueuesEndAtTheirLimits(String what, int most) {
    String said =
        run(
            probe("exhaust", what, "100000")
                .ulimit("nofile", 64, 64)
                .ulimit("msgqueue", 819_200, 819_200));

    assertThat(said).endsWith("No file descriptors available\n");
    assertThat(Integer.parseInt(said.split(" ")[0])).isBetween(0, most);
  }

  @ParameterizedTest
  @CsvSource({"/dev/shm/file, 65536", "/dev/file, 65536"})
  void memoryThatLooksLikeFilesEndsAtItsSize(String file, long kibibytes) {
    String fill = "cat /dev/zero > " + file + " 2>/dev/null; stat -c %b " + file;

    String blocks =
        run(
            FIXTURE
                .engine()
                .containers()
                .create(IMAGE)
                .network(NetworkMode.NONE)
                .command("sh", "-c", fill));

    assertThat(Long.parseLong(blocks.strip()) / 2).isBetween(1L, kibibytes);
  }
}
