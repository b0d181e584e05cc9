package io.berth.rootless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.error.InvalidInputException;
import io.berth.runtime.userns.Credentials;
import io.berth.testing.BusyboxImage;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What only an ordinary user's engine does; run as one by {@code RootlessIT}. */
class OrdinaryEngine {
  private static final int OWNER = 999;

  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  /** Busybox, and a directory that a user of the image has for itself. */
  private static byte[] imageWithOwners() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(withoutEnd(BusyboxImage.tar()));
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      add(tar, "home/own/", 0700, "");
      add(tar, "home/own/secret", 0600, "of 999");
      add(tar, "home/own/run", 04755, "");
    }
    return bytes.toByteArray();
  }

  private static byte[] withoutEnd(byte[] tar) {
    int end = tar.length;
    while (end >= 512 && isZero(tar, end - 512)) {
      end -= 512;
    }
    return java.util.Arrays.copyOf(tar, end);
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < from + 512; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static void add(TarArchiveOutputStream tar, String name, int mode, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(mode);
    entry.setUserId(OWNER);
    entry.setGroupId(OWNER);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private Image importOwners() throws IOException {
    return berth
        .images()
        .importRootfs(new ByteArrayInputStream(imageWithOwners()))
        .tag("owners")
        .execute();
  }

  @Test
  void theDataDirectoryIsTheUsersOwnAndNobodyElses() throws IOException {
    Path directory = Path.of(System.getProperty("user.home"), ".local", "share", "berth");
    try (Engine own = Berth.open()) {
      assertThat(own.dataDirectory()).isEqualTo(directory);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
          .isEqualTo("rwx------");
    } finally {
      TestAccess.remove(directory);
    }
  }

  @Test
  void filesOfOtherIdsAreStoredWithTheSubordinateOnesAndRemoved() throws IOException {
    TestAccess.assumeIds();
    importOwners();

    List<Path> snapshots = snapshots();
    assertThat(snapshots.stream().map(OrdinaryEngine::ownerOfHome)).contains(2_000_000 + OWNER - 1);
    try (Container c =
        berth
            .containers()
            .create("owners")
            .user("" + OWNER)
            .command("sh", "-c", "cat /home/own/secret && echo more > /home/own/more && id -u")
            .start()) {
      assertThat(c.waitForExit()).isZero();
      assertThat(c.logs().stdout()).isEqualTo("of 999999\n");
      c.remove(true);
    }
    berth.images().remove("owners", true);

    assertThat(snapshots()).hasSizeLessThan(snapshots.size());
  }

  private static int ownerOfHome(Path snapshot) {
    try {
      return (int) Files.getAttribute(snapshot.resolve("fs/home/own"), "unix:uid");
    } catch (IOException e) {
      return -1;
    }
  }

  private List<Path> snapshots() throws IOException {
    try (Stream<Path> all = Files.list(FIXTURE.dataDirectory().resolve("snapshots"))) {
      return all.filter(p -> p.getFileName().toString().matches("\\d+")).toList();
    }
  }

  /** With one id they are root's on disk; what is written again says whose they were. */
  @Test
  void anImageLeavesWithTheOwnersThatItCameWith() throws IOException {
    Image image = importOwners();
    ByteArrayOutputStream archive = new ByteArrayOutputStream();

    berth.images().save("owners").to(archive);
    berth.images().remove("owners", true);
    List<Image> back =
        berth.images().load(new ByteArrayInputStream(archive.toByteArray())).execute();

    assertThat(back).extracting(Image::id).containsExactly(image.id());
    berth.images().remove("owners", true);
  }

  @Test
  void aUserThatTheNamespaceLacksIsRefusedWithTheReason() {
    assertThatThrownBy(
            () ->
                berth.containers().create(TestEngine.IMAGE).user("5000000").command("true").start())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("5000000")
        .hasMessageContaining("subordinate");
  }

  @Test
  void anEngineOpenedLaterEntersTheContainersOfOneThatIsGone() {
    String id;
    try (Engine first = FIXTURE.open(FIXTURE.dataDirectory())) {
      id =
          first
              .containers()
              .create(TestEngine.IMAGE)
              .command("sleep", "1000")
              .detached(true)
              .start()
              .id();
    }
    try (Engine second = FIXTURE.open(FIXTURE.dataDirectory())) {
      Container found = second.containers().get(id);

      assertThat(found.exec("cat", "/proc/1/cmdline").execute().stdout()).contains("sleep");
      assertThat(found.exec("cat", "/proc/self/uid_map").execute().stdout())
          .contains("" + Credentials.own().uid());
      found.remove(true);
    }
  }

  @Test
  void killedHelpersOfTheEngineAreReplaced() throws IOException {
    importOwners();
    berth.images().remove("owners", true);
    List<ProcessHandle> helpers =
        ProcessHandle.current()
            .children()
            .flatMap(spawner -> Stream.concat(Stream.of(spawner), spawner.children()))
            .filter(p -> nameOf(p).matches("berth-(spawner|agent)"))
            .toList();
    assertThat(helpers).isNotEmpty();

    helpers.forEach(ProcessHandle::destroyForcibly);
    helpers.forEach(p -> p.onExit().join());

    importOwners();
    try (Container c = berth.containers().create("owners").command("true").start()) {
      assertThat(c.waitForExit()).isZero();
      c.remove(true);
    }
    berth.images().remove("owners", true);
  }

  private static String nameOf(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @Test
  void nothingOfTheHostsRootIsInReach() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .privileged(true)
            .bind(Path.of("/etc"), "/host", false)
            .command(
                "sh",
                "-c",
                "cat /host/shadow >/dev/null 2>&1 && echo read; touch /host/x 2>/dev/null && echo"
                    + " written; mount -o remount,rw /proc/sys 2>/dev/null; echo 1"
                    + " 2>/dev/null > /proc/sys/kernel/printk_delay && echo set; echo end")
            .start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo("end\n");
    }
  }
}
