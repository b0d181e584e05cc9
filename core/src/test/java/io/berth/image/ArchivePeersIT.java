package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.archive.ArchiveFormat;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.oci.Digest;
import io.berth.oci.Reference;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives and layouts that other programs read and write: the image stays the same. */
class ArchivePeersIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();
  @TempDir Path directory;
  private Engine other;
  private Image app;

  @BeforeEach
  void prepare() {
    other = Berth.open(directory.resolve("other"));
    app = TravellingApp.build(berth);
  }

  @AfterEach
  void close() {
    other.close();
  }

  private Path saved(ArchiveFormat format) {
    Path file = directory.resolve("saved.tar");
    berth.images().save(TravellingApp.NAME).format(format).to(file);
    return file;
  }

  private static JsonReader json(String text) {
    return Json.parse("output", text.getBytes(StandardCharsets.UTF_8));
  }

  private void assertSame(List<Image> loaded) {
    assertThat(loaded).hasSize(1);
    assertThat(loaded.get(0).id()).isEqualTo(app.id());
    assertThat(loaded.get(0).config().diffIds()).isEqualTo(app.config().diffIds());
  }

  private static String skopeo(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 2];
    command[0] = "skopeo";
    command[1] = "--insecure-policy";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return Commands.run(command);
  }

  private static Digest skopeoId(String image) throws IOException, InterruptedException {
    String config = skopeo("inspect", "--config", "--raw", image);
    return Digest.sha256(config.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @EnumSource(ArchiveFormat.class)
  void skopeoReadsOurArchives(ArchiveFormat format) throws Exception {
    Commands.require("skopeo");
    String transport = format == ArchiveFormat.OCI ? "oci-archive:" : "docker-archive:";
    String ours = transport + saved(format);
    Path copy = directory.resolve("copy.tar");

    assertThat(skopeoId(ours)).isEqualTo(app.id());
    skopeo("copy", ours, transport + copy + ":team/app:7");

    assertSame(other.images().load(copy).execute());
  }

  @Test
  void skopeoReadsOurLayout() throws Exception {
    Commands.require("skopeo");
    Path layout = directory.resolve("layout");
    berth.images().save(TravellingApp.NAME).toLayout(layout);

    assertThat(skopeoId("oci:" + layout + ":1")).isEqualTo(app.id());
  }

  @Test
  void whatSkopeoWritesIsRead() throws Exception {
    Commands.require("skopeo");
    String ours = "oci-archive:" + saved(ArchiveFormat.OCI);
    Path archive = directory.resolve("docker-archive.tar");
    Path ociArchive = directory.resolve("oci-archive.tar");
    Path layout = directory.resolve("layout");

    skopeo("copy", ours, "docker-archive:" + archive + ":team/app:7");
    skopeo("copy", ours, "oci-archive:" + ociArchive + ":team/app:8");
    skopeo("copy", "--dest-oci-accept-uncompressed-layers", ours, "oci:" + layout + ":7");

    for (Path each : List.of(archive, ociArchive, layout)) {
      assertSame(other.images().load(each).execute());
    }
    assertThat(other.images().get(app.id().toString()).tags())
        .extracting(Reference::familiar)
        .containsExactlyInAnyOrder("team/app:7", "team/app:8");
    // Not a bit of the manifest has changed on the way.
    assertThat(skopeo("inspect", "--raw", "oci:" + layout + ":7"))
        .isEqualTo(skopeo("inspect", "--raw", ours));
  }

  @ParameterizedTest
  @EnumSource(ArchiveFormat.class)
  void podmanReadsAndWritesThem(ArchiveFormat format) throws Exception {
    Commands.require("podman");
    Path file = saved(format);
    String[] podman = {
      "podman",
      "--root=" + directory.resolve("podman"),
      "--runroot=" + directory.resolve("podman-run"),
      "--storage-driver=vfs"
    };

    String loaded = Commands.run(with(podman, "load", "-q", "-i", file.toString()));
    String name = loaded.strip().substring(loaded.lastIndexOf(": ") + 2);
    JsonReader inspected =
        json(Commands.run(with(podman, "image", "inspect", name))).elements().get(0);
    Path back = directory.resolve("back.tar");
    String form = format == ArchiveFormat.OCI ? "oci-archive" : "docker-archive";
    Commands.run(with(podman, "save", "-q", "--format", form, "-o", back.toString(), name));

    assertThat(inspected.string("Id")).isEqualTo(app.id().hex());
    assertSame(other.images().load(back).execute());
  }

  private static String[] with(String[] command, String... arguments) {
    String[] all = java.util.Arrays.copyOf(command, command.length + arguments.length);
    System.arraycopy(arguments, 0, all, command.length, arguments.length);
    return all;
  }

  @Test
  void dockerReadsAndWritesThem() throws Exception {
    try (DockerDaemon docker = DockerDaemon.start(directory.resolve("docker"))) {
      for (ArchiveFormat format : List.of(ArchiveFormat.DOCKER, ArchiveFormat.DOCKER_LEGACY)) {
        String loaded = docker.run("load", "-q", "-i", saved(format).toString());
        assertThat(loaded).contains(TravellingApp.NAME);
        assertThat(docker.run("image", "inspect", "-f", "{{.Id}}", TravellingApp.NAME).strip())
            .isEqualTo(app.id().toString());
        Path back = directory.resolve("back.tar");
        docker.run("tag", TravellingApp.NAME, "team/app:2");
        docker.run("save", "-o", back.toString(), TravellingApp.NAME, "team/app:2");
        List<Image> images = other.images().load(back).execute();
        assertSame(images);
        assertThat(images.get(0).tags())
            .extracting(Reference::familiar)
            .containsExactlyInAnyOrder(TravellingApp.NAME, "team/app:2");
        other.images().remove(app.id().toString(), true);
        docker.run("rmi", "-f", app.id().toString());
      }
    }
  }
}
