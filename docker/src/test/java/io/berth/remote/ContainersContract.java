package io.berth.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.ContainerState.Status;
import io.berth.api.Event;
import io.berth.api.Feed;
import io.berth.api.MountSpec;
import io.berth.api.NetworkMode;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.Stats;
import io.berth.api.Wait;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.PathChange;
import io.berth.linux.FileType;
import io.berth.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine does with containers, wherever it is: the same program, the same results. */
abstract class ContainersContract extends ContainerStreamsContract {
  @TempDir Path directory;

  @Test
  void tellsOfEvents() {
    Instant before = Instant.now().minusSeconds(1);
    try (Feed<Event> feed =
        engine().events().read().filter("type", "container").filter("event", "die").follow()) {
      Container container = start("sh", "-c", "exit 9");
      container.waitForExit();

      Event died = feed.next().orElseThrow();
      assertThat(died.id()).isEqualTo(container.id());
      assertThat(died.attributes()).containsEntry("exitCode", "9").containsEntry("image", IMAGE);
      assertThat(engine().events().read().since(before).filter("container", container.id()).list())
          .extracting(Event::action)
          .contains("create", "start", "die");
    }
    assertThatThrownBy(() -> engine().events().read().filter("nope", "x"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void measuresAndListsProcesses() {
    try (Container container = start("sh", "-c", "while true; do :; done")) {
      assertThat(container.top().titles()).contains("PID", "CMD");
      // With runc the program comes a moment after the start.
      Await.pass(
          () ->
              assertThat(container.top(List.of("-o", "pid,args")).rows())
                  .anySatisfy(row -> assertThat(row.get(row.size() - 1)).contains("while true")));
      try (Feed<Stats> feed = container.stats(Duration.ofMillis(200))) {
        Stats first = feed.next().orElseThrow();
        Stats second = feed.next().orElseThrow();
        assertThat(second.time()).isAfter(first.time());
        assertThat(second.cpu().total()).isGreaterThanOrEqualTo(first.cpu().total());
      }
      assertThat(container.stats().cpu().online()).isPositive();
    }
    Container ended = start("true");
    ended.waitForExit();
    assertThatThrownBy(ended::stats).isInstanceOf(ConflictException.class);
    assertThatThrownBy(ended::top).isInstanceOf(ConflictException.class);
  }

  @Test
  void takesAContainerThroughItsLife() {
    Container container =
        create().command("sleep", "1000").name("life").stopSignal("KILL").detached(true).create();
    assertThat(container.state().status()).isEqualTo(Status.CREATED);
    assertThatThrownBy(container::waitForExit).isInstanceOf(ConflictException.class);

    container.start();
    assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    assertThat(container.pid()).isPresent();
    assertThatThrownBy(container::start).isInstanceOf(ConflictException.class);
    assertThat(container.waitForExit(Duration.ofMillis(300))).isEmpty();
    assertThatThrownBy(() -> container.remove(false)).isInstanceOf(ConflictException.class);

    container.pause();
    assertThat(container.state().status()).isEqualTo(Status.PAUSED);
    assertThatThrownBy(container::pause).isInstanceOf(ConflictException.class);
    container.unpause();

    container.rename("other");
    assertThat(engine().containers().get("other").id()).isEqualTo(container.id());
    assertThat(container.name()).isEqualTo("other");

    container.restart(Duration.ofSeconds(5));
    assertThat(container.state().status()).isEqualTo(Status.RUNNING);
    container.kill("TERM");
    container.kill("KILL");
    assertThat(container.waitForExit()).isEqualTo(137);
    assertThatThrownBy(() -> container.kill("KILL")).isInstanceOf(ConflictException.class);
    container.stop(Duration.ofSeconds(1));

    container.close();
    assertThat(engine().containers().find("other")).as("a detached one stays").isPresent();
    container.remove(false);
    assertThat(engine().containers().find("other")).isEmpty();
    assertThatThrownBy(container::state).isInstanceOf(NotFoundException.class);
  }

  @Test
  void changesLimitsAndRestartPolicies() {
    try (Container container = create().command("sleep", "1000").memory("64m").start()) {
      container
          .update()
          .resources(Resources.builder().memory(96L << 20).memorySwap(192L << 20).build())
          .restart(RestartPolicy.onFailure(2))
          .execute();

      assertThat(container.spec().sandbox().resources().memory()).contains(96L << 20);
      assertThat(container.spec().restart()).isEqualTo(RestartPolicy.onFailure(2));
    }
  }

  @Test
  void waitsUntilContainersAreReady() {
    try (Container container =
        start("sh", "-c", "echo booting; sleep 0.3; echo ready; nc -l -p 8123 -e true; sleep 9")) {
      container.waitFor(Wait.forRunning());
      container.waitFor(Wait.forLog("ready").timeout(Duration.ofSeconds(60)));
      container.waitFor(Wait.forPort(8123).timeout(Duration.ofSeconds(60)));
      assertThatThrownBy(
              () -> container.waitFor(Wait.forLog("never").timeout(Duration.ofMillis(200))))
          .hasMessageContaining("booting");
    }
  }

  @Test
  void keepsWhatAContainerWasMadeWith() throws Exception {
    Path file = Files.writeString(directory.resolve("bound"), "from the host");
    Container container =
        create()
            .entrypoint(List.of("sh", "-c"))
            .command("cat /bound; hostname; cat /data/x; echo $A; ulimit -n; touch /ro")
            .hostname("named")
            .env("A", "b=c")
            .workdir("/tmp")
            .user("0:0")
            .label("l", "1")
            .annotation("note", "kept")
            .bind(file, "/bound", true)
            .volume("contract-data", "/data")
            .tmpfs("/scratch", "size=1m")
            .memory("64m")
            .cpus(0.5)
            .pidsLimit(50)
            .ulimit("nofile", 512, 1024)
            .capDrop("CHOWN")
            .capAdd("NET_ADMIN")
            .noNewPrivileges(true)
            .readOnlyRoot(true)
            .shmSize("16m")
            .oomScoreAdjust(100)
            .extraHost("db", "10.1.2.3")
            .init(true)
            .stopTimeout(Duration.ofSeconds(3))
            .stopSignal("SIGQUIT")
            .expose("80")
            .create();
    engine().volumes().get("contract-data");

    ContainerSpec spec = container.spec();
    assertThat(container.image()).isEqualTo(IMAGE);
    assertThat(container.labels()).contains(entry("l", "1"));
    assertThat(container.command()).startsWith("sh", "-c").hasSize(3);
    assertThat(spec.entrypoint()).containsExactly("sh", "-c");
    assertThat(spec.imageId()).isEqualTo(engine().images().get(IMAGE).id());
    assertThat(spec.process().env()).contains("A=b=c");
    assertThat(spec.process().workdir()).isEqualTo("/tmp");
    assertThat(spec.sandbox().hostname()).isEqualTo("named");
    assertThat(spec.sandbox().network()).isEqualTo(NetworkMode.NONE);
    assertThat(spec.sandbox().mounts())
        .extracting(m -> m.type() + " " + m.target() + " " + m.readOnly())
        .containsExactlyInAnyOrder("bind /bound true", "volume /data false");
    assertThat(spec.sandbox().tmpfs()).containsKey("/scratch");
    assertThat(spec.sandbox().shmSize()).contains(16L << 20);
    assertThat(spec.sandbox().readOnlyRoot()).isTrue();
    assertThat(spec.sandbox().extraHosts()).containsExactly("db:10.1.2.3");
    assertThat(spec.sandbox().oomScoreAdjust()).contains(100);
    assertThat(spec.sandbox().rights().noNewPrivileges()).isTrue();
    assertThat(spec.sandbox().rights().capDrop()).containsExactly("CHOWN");
    assertThat(spec.sandbox().rights().capAdd()).containsExactly("NET_ADMIN");
    assertThat(spec.sandbox().rights().unmasked()).isFalse();
    assertThat(spec.sandbox().resources().memory()).contains(64L << 20);
    assertThat(spec.sandbox().resources().nanoCpus()).contains(500_000_000L);
    assertThat(spec.sandbox().resources().pids()).contains(50L);
    assertThat(spec.sandbox().ulimits()).extracting("soft").containsExactly(512L);
    assertThat(spec.stopTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(spec.stopSignal()).isEqualTo("SIGQUIT");
    assertThat(spec.exposedPorts()).containsExactly("80/tcp");
    assertThat(spec.init()).isTrue();
    if (!source().isDockerd()) {
      assertThat(spec.annotations()).contains(entry("note", "kept"));
    }

    container.start();
    assertThat(container.waitForExit()).isNotZero();
    assertThat(container.logs().stdout()).isEqualTo("from the host" + "named\nb=c\n512\n");
    container.remove(true, true);
    engine().volumes().remove("contract-data", false);
  }

  @Test
  void copiesFilesInAndOut() throws Exception {
    Path site = Files.createDirectory(directory.resolve("site"));
    Files.writeString(site.resolve("index.html"), "<p>");
    Files.createSymbolicLink(site.resolve("link"), Path.of("index.html"));
    byte[] large = new byte[3 << 20];
    new Random(3).nextBytes(large);
    Files.write(site.resolve("large"), large);
    Container container = create().command("sleep", "1000").create();

    container.files().copyTo(site, "/var/www");
    container.files().copyTo(site.resolve("index.html"), "/etc/");
    container.files().copyTo(site.resolve("index.html"), "/root/renamed");
    container.files().copyFrom("/var/www", directory.resolve("back"));
    container.files().copyFrom("/var/www/large", directory);
    container.files().copyFrom("/var/www/.", Files.createDirectory(directory.resolve("flat")));

    assertThat(directory.resolve("back/index.html")).hasContent("<p>");
    assertThat(Files.readSymbolicLink(directory.resolve("back/link"))).hasToString("index.html");
    assertThat(Files.readAllBytes(directory.resolve("back/large"))).isEqualTo(large);
    assertThat(Files.readAllBytes(directory.resolve("large"))).isEqualTo(large);
    assertThat(directory.resolve("flat/index.html")).hasContent("<p>");
    assertThat(container.files().stat("/var/www").type()).isEqualTo(FileType.DIRECTORY);
    assertThat(container.files().stat("/etc/index.html").size()).isEqualTo(3);
    assertThat(container.files().stat("/root/renamed").name()).isEqualTo("renamed");
    assertThat(container.files().stat("/var/www/link").linkTarget())
        .contains("/var/www/index.html");
    assertThat(container.files().changes())
        .contains(
            new PathChange(PathChange.Kind.MODIFIED, "/etc"),
            new PathChange(PathChange.Kind.ADDED, "/etc/index.html"),
            new PathChange(PathChange.Kind.ADDED, "/var/www/large"));
    assertThatThrownBy(() -> container.files().stat("/nope")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> container.files().archive("/nope"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> container.files().copyTo(site, "/etc/passwd"))
        .isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> container.files().copyTo(directory.resolve("no"), "/"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void exportsAndUnpacksTars() throws Exception {
    Container container = start("sh", "-c", "echo made > /made; sleep 1000");
    container.waitFor(Wait.forRunning());
    Await.until(() -> exists(container, "/made"));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteArrayOutputStream some = new ByteArrayOutputStream();

    container.files().export(all);
    try (var archive = container.files().archive("/etc/passwd")) {
      assertThat(archive.stat().name()).isEqualTo("passwd");
      archive.writeTo(some);
    }
    container
        .files()
        .extract(
            new ByteArrayInputStream(some.toByteArray()),
            "/root",
            io.berth.api.FileAccess.ExtractOptions.DEFAULT);

    assertThat(names(all)).contains("made", "etc/passwd", "bin/sh");
    assertThat(names(some)).containsExactly("passwd");
    assertThat(container.exec("cat", "/root/passwd").execute().stdout()).startsWith("root:");
  }

  private static boolean exists(Container container, String path) {
    try {
      container.files().stat(path);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  private static List<String> names(ByteArrayOutputStream tar) throws Exception {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(new ByteArrayInputStream(tar.toByteArray()))) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        names.add(e.getName().replaceFirst("^\\./", ""));
      }
    }
    return names;
  }

  @Test
  void makesImagesOfContainers() {
    Container container = start("sh", "-c", "echo written > /file");
    container.waitForExit();

    var image =
        container
            .commit()
            .tag("contract/committed:1")
            .author("somebody")
            .message("a step")
            .change("CMD [\"cat\", \"/file\"]")
            .change("ENV X=y")
            .execute();

    assertThat(image.tags()).extracting(t -> t.familiar()).containsExactly("contract/committed:1");
    assertThat(image.config().config().env()).contains("X=y");
    assertThat(image.config().author()).contains("somebody");
    Container again =
        engine().containers().create("contract/committed:1").network(NetworkMode.NONE).start();
    again.waitForExit();
    assertThat(again.logs().stdout()).isEqualTo("written\n");
    again.remove(true);
    engine().images().remove("contract/committed:1", true);
  }

  @Test
  void refusesAsEveryEngineDoes() {
    assertThatThrownBy(() -> engine().containers().get("nobody"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("nobody");
    assertThat(engine().containers().find("nobody")).isEmpty();
    assertThatThrownBy(() -> engine().containers().create("no-such-image:1"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> create().name("not valid").create())
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> create().mount(MountSpec.bind("/no/such/path", "/x")).create())
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> create().env("", "x")).isInstanceOf(InvalidInputException.class);
    create().name("taken").create();
    assertThatThrownBy(() -> create().name("taken").create()).isInstanceOf(ConflictException.class);
    String id = engine().containers().get("taken").id();
    assertThat(
            Stream.of(id, id.substring(0, 12), "taken").map(n -> engine().containers().get(n).id()))
        .containsOnly(id);
  }

  @Test
  void prunesThoseThatHaveEnded() {
    Container running = start("sleep", "1000");
    Container ended = start("true");
    ended.waitForExit();

    assertThat(engine().containers().prune(io.berth.api.PruneFilter.ALL).names())
        .containsExactly(ended.id());

    assertThat(engine().containers().list())
        .extracting(Container::id)
        .containsExactly(running.id());
  }
}
