package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.image.DockerDaemon;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A container may do no more than docker lets one do, asked in the same run. */
class RightsAttackIT {
  private static final String IMAGE = "hostile/rights";

  /**
   * Docker 20.10 of Debian 12 refuses what the profile of today allows. By number: cachestat,
   * fchmodat2, three of futexes, statmount, listmount, mseal and four of extended attributes, which
   * have these numbers on each architecture.
   */
  private static final Set<String> ALLOWED_BY_NEWER =
      Set.of(
          "name_to_handle_at",
          "process_vm_readv",
          "process_vm_writev",
          "pkey_alloc",
          "pkey_free",
          "pkey_mprotect",
          "451",
          "452",
          "454",
          "455",
          "456",
          "457",
          "458",
          "462",
          "463",
          "464",
          "465",
          "466");

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir static Path directory;

  private static DockerDaemon docker;

  @BeforeAll
  static void startDocker() throws IOException, InterruptedException {
    HostileImage image = new HostileImage().program(Probe.build().program());
    image.importAs(FIXTURE.engine(), IMAGE);
    docker = DockerDaemon.start(directory.resolve("docker"));
    Path tar = Files.write(directory.resolve("image.tar"), image.bytes());
    docker.run("import", tar.toString(), IMAGE);
  }

  @AfterAll
  static void stopDocker() throws IOException {
    if (docker != null) {
      docker.close();
    }
  }

  private static String ours(String script) {
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(IMAGE)
            .network(io.berth.api.NetworkMode.NONE)
            .command("sh", "-c", script)
            .start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }

  private static String dockers(String script) throws IOException, InterruptedException {
    return docker.run("run", "--rm", "--network", "none", IMAGE, "sh", "-c", script);
  }

  /** Lines as names and what is said of them, which is behind the last blank of the name. */
  private static Map<String, String> table(String text, String separator) {
    return text.lines()
        .filter(line -> line.contains(separator))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf(separator)),
                line -> line.substring(line.indexOf(separator) + 1).strip(),
                (a, b) -> b,
                TreeMap::new));
  }

  @Test
  void capabilitiesSeccompAndPrivilegesAreDockers() throws IOException, InterruptedException {
    String script =
        "grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups)' /proc/self/status; umask;"
            + " cat /proc/self/oom_score_adj";

    assertThat(ours(script)).isEqualTo(dockers(script));
  }

  @Test
  void noSystemCallIsAllowedThatDockerRefuses() throws IOException, InterruptedException {
    Map<String, String> ours = table(ours("probe calls").replace("unshare ", "unshare-"), " ");
    Map<String, String> dockers =
        table(dockers("probe calls").replace("unshare ", "unshare-"), " ");

    assertThat(ours.keySet()).isEqualTo(dockers.keySet()).hasSizeGreaterThan(50);
    List<String> refused = List.of("Operation not permitted", "Function not implemented");
    dockers.keySet().removeAll(ALLOWED_BY_NEWER);
    assertThat(dockers.entrySet().stream().filter(e -> refused.contains(e.getValue())))
        .isNotEmpty()
        .allSatisfy(e -> assertThat(refused).as(e.getKey()).contains(ours.get(e.getKey())));
  }

  /** By number, those too that this test does not know by name. */
  @Test
  void eachSystemCallThatDockerRefusesIsRefused() throws IOException, InterruptedException {
    Map<String, String> ours = table(ours("probe every-call"), " ");
    Map<String, String> dockers = table(dockers("probe every-call"), " ");
    List<String> refused = List.of("Operation not permitted", "Function not implemented");

    assertThat(ours.keySet()).isEqualTo(dockers.keySet()).hasSizeGreaterThan(400);
    assertThat(ours.keySet())
        .filteredOn(call -> refused.contains(dockers.get(call)))
        .filteredOn(call -> !refused.contains(ours.get(call)))
        .isSubsetOf(ALLOWED_BY_NEWER);
    // What a newer one refuses, and that of Debian 12 does not.
    assertThat(List.of("io_uring_setup", "426", "427"))
        .allSatisfy(call -> assertThat(refused).contains(ours.get(call)));
  }

  @Test
  void pathsAreMaskedAndReadOnlyAsDockersAre() throws IOException, InterruptedException {
    String script =
        "awk '{t=\"\"; for (i=7;i<=NF;i++) if ($i==\"-\") t=$(i+1);"
            + " print $5 \" \" t \" \" $6}' /proc/self/mountinfo";
    Map<String, String> ours = table(ours(script), " ");
    Map<String, String> dockers = table(dockers(script), " ");

    TreeSet<String> kernel =
        dockers.keySet().stream()
            .filter(p -> p.matches("/(proc|sys|dev)(/.*)?") && !p.startsWith("/sys/fs/cgroup/"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(kernel).hasSizeGreaterThan(10);
    assertThat(ours.keySet()).containsAll(kernel);
    for (String path : kernel) {
      List<String> safe = List.of("ro", "nosuid", "nodev", "noexec");
      TreeSet<String> wanted = new TreeSet<>(Arrays.asList(dockers.get(path).split("[ ,]")));
      wanted.retainAll(safe);
      assertThat(ours.get(path).split("[ ,]")).as(path).containsAll(wanted);
    }
  }

  @Test
  void nothingOfTheKernelsCanBeReadOrWrittenThatDockerKeepsAway()
      throws IOException, InterruptedException {
    String script =
        "probe open $(find /proc /sys -maxdepth 2 ! -type d ! -path '/proc/[0-9]*' ! -path"
            + " '/proc/self/*' ! -path '/proc/thread-self/*' ! -name kmsg)"
            + " /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/panic_on_oom"
            + " /proc/irq/0/smp_affinity /proc/bus/pci/devices /proc/acpi/wakeup"
            + " /sys/kernel/uevent_helper /sys/fs/cgroup/cgroup.procs";
    Map<String, String> ours = table(ours(script), ":");
    Map<String, String> dockers = table(dockers(script), ":");

    assertThat(dockers).hasSizeGreaterThan(20);
    assertThat(dockers.keySet())
        .allSatisfy(
            path -> {
              String said = ours.getOrDefault(path, "absent, not written");
              if (!dockers.get(path).startsWith("read")) {
                assertThat(said).as(path).doesNotStartWith("read");
              }
              if (dockers.get(path).endsWith("not written")) {
                assertThat(said).as(path).endsWith("not written");
              }
            });
  }

  /** Without /dev/core, a link that docker makes where there is a /proc/kcore. */
  @Test
  void thereAreDockersDevicesAndNoOthers() throws IOException, InterruptedException {
    String script =
        "cd /dev; for f in $(find . ! -name core ! -path './pts/?*' ! -path './mqueue/?*'); do"
            + " stat -c '%n %A %t:%T %u:%g' $f; done | sort";

    assertThat(ours(script)).isEqualTo(dockers(script));
  }

  @Test
  void limitsAreDockers() throws IOException, InterruptedException {
    String script = "cut -c1-60 /proc/self/limits | tr -s ' '";

    assertThat(ours(script)).isEqualTo(dockers(script));
  }
}
