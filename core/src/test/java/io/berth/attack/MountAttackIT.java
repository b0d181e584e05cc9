package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.LaunchException;
import io.berth.api.MountSpec;
import io.berth.api.NamespaceMode;
import io.berth.error.BerthException;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Images and containers whose paths lead elsewhere than their names say, while something is mounted
 * there (CVE-2019-19921, CVE-2021-30465, CVE-2023-27561, CVE-2025-31133, CVE-2025-52565).
 */
class MountAttackIT {
  private static final String UP = "../".repeat(30);

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path outside;

  @AfterEach
  void clean() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
    FIXTURE
        .engine()
        .volumes()
        .list()
        .forEach(v -> FIXTURE.engine().volumes().remove(v.name(), true));
  }

  private CreateRequest create(HostileImage image) {
    return FIXTURE.engine().containers().create(image.importAs(FIXTURE.engine(), "hostile/mounts"));
  }

  private static String run(CreateRequest request, String script) {
    try (Container container = request.command("sh", "-c", script).start()) {
      container.waitForExit();
      return container.logs().stdout() + container.logs().stderr();
    }
  }

  @ParameterizedTest
  @CsvSource({"proc,/tmp", "proc,sys", "sys,/tmp", "sys,proc", "proc,../../tmp"})
  void aLinkInPlaceOfTheKernelsFilesIsRefused(String name, String target) {
    CreateRequest request = create(new HostileImage().link(name, target)).command("true");

    assertThatThrownBy(request::start)
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("/" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc", "/sys", "/etc", "/tmp", "/proc/self", "OUTSIDE", "UP"})
  void aLinkInPlaceOfDevCoversNothingOfTheHost(String target) throws IOException {
    String link =
        target.equals("UP")
            ? UP + outside.toString().substring(1)
            : target.replace("OUTSIDE", outside.toString());
    String found;
    try {
      found =
          run(create(new HostileImage().link("dev", link)), "cat /proc/kcore | head -c 4; ls /");
    } catch (BerthException refused) {
      found = "";
    }

    assertThat(found).doesNotContain("ELF");
    assertThat(outside).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"etc", "etc/hosts", "etc/resolv.conf", "etc/hostname"})
  void linksInPlaceOfTheFilesOfEtcLeaveTheHostAlone(String name) throws IOException {
    Path file = Files.writeString(outside.resolve("file"), "the host's");
    for (String link :
        List.of(
            file.toString(),
            UP + file.toString().substring(1),
            outside.resolve("new").toString(),
            UP + outside.resolve("new").toString().substring(1),
            "/proc/self/exe",
            "/proc/1/environ",
            "/proc/sysrq-trigger")) {
      try {
        run(
            create(new HostileImage().link(name, link)).hostname("attacker"),
            "echo attack >> /" + name + "; echo attack >> /etc/hosts");
      } catch (BerthException refused) {
        // as well
      }

      assertThat(file).hasContent("the host's");
      assertThat(outside).isDirectoryContaining(file::equals);
      assertThat(outside.resolve("new")).doesNotExist();
    }
  }

  @Test
  void aTargetBehindALinkIsInTheContainer() {
    HostileImage image =
        new HostileImage()
            .link("absolute", outside.toString())
            .link("dots", UP + outside.toString().substring(1))
            .link("long/a", UP + "long/b")
            .link("long/b", outside.toString());
    CreateRequest request = create(image);
    for (String target : List.of("/absolute", "/dots/inner", "/long/a/deep/er")) {
      request.mount(MountSpec.volume("v" + target.length(), target));
    }

    String mounted = run(request, "grep -c " + outside + " /proc/self/mountinfo");

    assertThat(mounted).isEqualTo("3\n");
    assertThat(outside).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc", "/proc/self/attr", "/proc/sys", "/proc/sysrq-trigger", "UPproc"})
  void aVolumeDoesNotTakeThePlaceOfTheKernelsFiles(String link) {
    CreateRequest request =
        create(new HostileImage().link("data", link.replace("UP", UP)))
            .mount(MountSpec.volume("fake", "/data"))
            .command("true");

    assertThatThrownBy(request::start).isInstanceOf(LaunchException.class);
    assertThatThrownBy(
            () ->
                create(new HostileImage())
                    .mount(MountSpec.volume("fake", link.replace("UP", "/")))
                    .command("true")
                    .start())
        .isInstanceOf(BerthException.class);
  }

  @Test
  void linksOfTheHostsProcessesLeadNowhere() {
    String process = "/proc/" + ProcessHandle.current().pid();
    HostileImage image =
        new HostileImage()
            .link("host", process + "/root" + outside)
            .link("cwd", process + "/cwd/" + UP + outside.toString().substring(1));
    for (String name : List.of("host", "cwd")) {
      for (CreateRequest request :
          List.of(
              create(image).mount(MountSpec.volume("v", "/" + name + "/made/for/a/volume")),
              create(image).tmpfs("/" + name + "/made/for/tmpfs", ""),
              create(image).workdir("/" + name + "/made/for/work"),
              create(image)
                  .device(
                      new io.berth.api.DeviceSpec(
                          "/dev/null", "/" + name + "/made/null", "rwm")))) {
        assertThatThrownBy(() -> run(request.pid(NamespaceMode.HOST), "true"))
            .isInstanceOf(BerthException.class);
        assertThat(outside).isEmptyDirectory();
      }
    }
  }

  @Test
  void whatIsNotTheNullDeviceMasksNothing() {
    String read = "cat /proc/kcore | head -c 4; cat /proc/keys; cat /proc/timer_list; echo end";
    FIXTURE.engine().volumes().create("dev").execute();
    run(
        create(new HostileImage()).mount(MountSpec.volume("dev", "/made")),
        "ln -s /proc/self/status /made/null; ln -s /etc /made/pts; ln -s /etc/passwd /made/console");
    for (boolean tty : List.of(false, true)) {
      String found;
      try {
        found =
            run(create(new HostileImage()).tty(tty).mount(MountSpec.volume("dev", "/dev")), read);
      } catch (LaunchException refused) {
        found = "refused";
      }

      assertThat(found).isIn("refused", "end\n", "end\r\n");
    }
  }

  @Test
  void aRaceForAPathOfASharedVolumeIsNotWon() throws Exception {
    Files.writeString(outside.resolve("secret"), "the host's");
    HostileImage image = new HostileImage().program(Probe.build().program());
    MountSpec shared = MountSpec.volume("shared", "/shared");
    run(
        create(image).mount(shared),
        "mkdir -p /shared/d/in; ln -s " + outside + " /shared/l; echo mine > /shared/d/mine");
    MountSpec subpath =
        shared.with(new MountSpec.VolumeOptions(false, Map.of(), Optional.empty(), Map.of(), "d"));
    try (Container attacker =
        create(image)
            .mount(shared)
            .command("probe", "exchange", "/shared/d", "/shared/l", "6000000")
            .start()) {
      int started = 0;
      for (int i = 0; i < 24; i++) {
        String seen = "";
        try {
          seen +=
              run(
                  create(new HostileImage())
                      .mount(shared)
                      .mount(MountSpec.volume("other", "/shared/d/in/new"))
                      .readOnlyRoot(true),
                  "ls /shared/d/ " + outside);
          started++;
        } catch (LaunchException refused) {
          assertThat(refused.path()).doesNotContain("secret");
        }
        try {
          seen += run(create(new HostileImage()).mount(subpathAt(subpath, "/mnt")), "ls /mnt/");
          started++;
        } catch (LaunchException refused) {
          // The link leads to nothing in the volume.
        }
        assertThat(seen).doesNotContain("secret");
      }

      assertThat(started).isPositive();
      assertThat(outside).isDirectoryContaining(f -> f.endsWith("secret"));
      assertThat(outside.toFile().list()).containsExactly("secret");
      attacker.kill("KILL");
    }
  }

  private static MountSpec subpathAt(MountSpec mount, String target) {
    return MountSpec.volume(mount.source(), target).with(mount.volume());
  }
}
