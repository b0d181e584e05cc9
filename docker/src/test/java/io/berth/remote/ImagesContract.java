package io.berth.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.berth.api.Container;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.api.PruneFilter;
import io.berth.api.PullPolicy;
import io.berth.api.StorageUsage;
import io.berth.api.Volume;
import io.berth.build.BuildException;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Reference;
import io.berth.registry.server.RegistryServer;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine does with images, volumes and the space of both. */
abstract class ImagesContract {
  static final String IMAGE = TestEngine.IMAGE;

  @TempDir Path directory;

  abstract EngineSource source();

  Engine engine() {
    return source().engine();
  }

  @AfterEach
  void leaveOneImage() {
    engine().containers().list().forEach(c -> c.remove(true, true));
    for (Image image : engine().images().list()) {
      boolean base = image.tags().stream().anyMatch(t -> t.familiar().equals(IMAGE));
      if (base) {
        image.tags().stream()
            .map(Reference::familiar)
            .filter(t -> !t.equals(IMAGE))
            .forEach(t -> engine().images().remove(t, false));
      }
      if (!base && engine().images().find(image.id().toString()).isPresent()) {
        engine().images().remove(image.id().toString(), true);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String output(Image image) {
    Container container = engine().containers().create(image).network(NetworkMode.NONE).start();
    container.waitForExit();
    String output = container.logs().stdout();
    container.remove(true);
    return output;
  }

  // ---- What there is ----------------------------------------------------------------------------

  @Test
  void showsNamesAndRemovesImages() {
    Image image = engine().images().get(IMAGE);
    assertThat(image.config().config().cmd()).containsExactly("sh");
    assertThat(image.config().platform().os()).isEqualTo("linux");
    assertThat(image.config().diffIds()).hasSize(1);
    assertThat(image.layerSizes()).hasSize(1);
    assertThat(image.size()).isPositive();
    assertThat(image.config().history()).isNotEmpty();
    assertThat(engine().images().list()).extracting(Image::id).containsExactly(image.id());

    Image tagged = engine().images().tag(IMAGE, "contract/other:2");
    assertThat(tagged.id()).isEqualTo(image.id());
    assertThat(tagged.tags())
        .extracting(Reference::familiar)
        .containsExactlyInAnyOrder(IMAGE, "contract/other:2");
    assertThat(engine().images().find(image.shortId())).contains(tagged);

    assertThat(engine().images().remove("contract/other:2", false))
        .containsExactly("Untagged: contract/other:2");
    assertThat(engine().images().find("contract/other:2")).isEmpty();
    Container user = engine().containers().create(IMAGE).network(NetworkMode.NONE).start();
    assertThatThrownBy(() -> engine().images().remove(image.id().toString(), false))
        .isInstanceOf(ConflictException.class);
    user.remove(true);
  }

  @Test
  void refusesAsEveryEngineDoes() {
    assertThatThrownBy(() -> engine().images().get("nothing:1"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("nothing:1");
    assertThatThrownBy(() -> engine().images().tag("nothing:1", "a:1"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> engine().images().tag(IMAGE, "NOT VALID"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> engine().images().remove("nothing:1", false))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> engine().images().save("nothing:1").to(new ByteArrayOutputStream()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(
            () -> engine().images().load(new ByteArrayInputStream(bytes("no tar"))).execute())
        .isInstanceOf(BerthException.class);
  }

  @Test
  void importsSavesAndLoads() throws Exception {
    ByteArrayOutputStream rootfs = new ByteArrayOutputStream();
    Container container =
        engine().containers().create(IMAGE).network(NetworkMode.NONE).command("true").create();
    container.files().export(rootfs);
    container.remove(true);

    Image imported =
        engine()
            .images()
            .importRootfs(new ByteArrayInputStream(rootfs.toByteArray()))
            .tag("contract/imported:1")
            .change("CMD [\"echo\", \"imported\"]")
            .message("by a test")
            .execute();
    Path archive = directory.resolve("images.tar");
    engine().images().save("contract/imported:1").to(archive);
    engine().images().remove("contract/imported:1", true);
    assertThat(engine().images().find("contract/imported:1")).isEmpty();
    List<Image> loaded = engine().images().load(archive).tag("contract/again:1").execute();

    assertThat(loaded).hasSize(1);
    assertThat(loaded.get(0).id()).isEqualTo(imported.id());
    assertThat(loaded.get(0).tags())
        .extracting(Reference::familiar)
        .containsExactlyInAnyOrder("contract/imported:1", "contract/again:1");
    assertThat(output(loaded.get(0))).isEqualTo("imported\n");
    assertThat(engine().images().list()).hasSize(2);
  }

  // ---- Building ---------------------------------------------------------------------------------

  @Test
  void buildsADirectory() throws Exception {
    Files.writeString(
        directory.resolve("Dockerfile"),
        "FROM "
            + IMAGE
            + " AS first\nARG WHO=nobody\nCOPY . /app/\nRUN ls /app > /list && echo made by $WHO >"
            + " /by\nFROM first AS second\nLABEL own=1\nCMD cat /list /by\n"
            + "FROM first\nCMD echo last\n");
    Files.writeString(directory.resolve(".dockerignore"), "*.log\nsecret\n!keep.log\n");
    for (String name : List.of("a.log", "keep.log", "main", "secret/key")) {
      Files.createDirectories(directory.resolve(name).getParent());
      Files.writeString(directory.resolve(name), name);
    }
    List<String> steps = new ArrayList<>();
    StringBuilder text = new StringBuilder();

    Image image =
        engine()
            .images()
            .build(directory)
            .tag("contract/built:1")
            .tag("contract/built:2")
            .arg("WHO", "a test")
            .label("more", "2")
            .target("second")
            .progress(
                event -> {
                  if (event instanceof Progress.StepStarted step) {
                    steps.add(step.instruction().split(" ")[0]);
                  } else if (event instanceof Progress.StepOutput output) {
                    text.append(new String(output.bytes(), StandardCharsets.UTF_8));
                  }
                })
            .execute();

    assertThat(steps).contains("FROM", "COPY", "RUN");
    assertThat(image.tags())
        .extracting(Reference::familiar)
        .containsExactly("contract/built:1", "contract/built:2");
    assertThat(image.config().config().labels()).contains(entry("own", "1"), entry("more", "2"));
    assertThat(output(image)).isEqualTo("Dockerfile\nkeep.log\nmain\nmade by a test\n");
  }

  @Test
  void buildsWhatIsInMemory() {
    Dockerfile dockerfile =
        Dockerfile.from(IMAGE).copy("greeting", "/greeting").cmd("cat", "/greeting");
    Image composed =
        engine()
            .images()
            .build(dockerfile)
            .context(ContextSource.files(Map.of("greeting", bytes("composed\n"))))
            .execute();
    Image plain =
        engine()
            .images()
            .build(
                ContextSource.files(
                    Map.of(
                        "Dockerfile",
                        bytes("FROM " + IMAGE + "\nADD sub/x /x\nCMD cat /x"),
                        "sub/x",
                        bytes("plain\n"))))
            .execute();

    assertThat(output(composed)).isEqualTo("composed\n");
    assertThat(output(plain)).isEqualTo("plain\n");
  }

  @Test
  void buildsADockerfileFromElsewhereAndTellsOfTheCache() throws Exception {
    Path file =
        Files.writeString(directory.resolve("Other"), "FROM " + IMAGE + "\nRUN echo once\n");
    Path context = Files.createDirectory(directory.resolve("context"));
    List<Boolean> cached = new ArrayList<>();

    Image first = engine().images().build(context).file(file).execute();
    Image second =
        engine()
            .images()
            .build(context)
            .file(file)
            .progress(
                event -> {
                  if (event instanceof Progress.StepFinished step) {
                    cached.add(step.cached());
                  }
                })
            .execute();

    assertThat(second.config().diffIds()).isEqualTo(first.config().diffIds());
    assertThat(cached).hasSize(2).last().isEqualTo(true);
  }

  @Test
  void saysWhereABuildFailed() {
    assertThatThrownBy(
            () ->
                engine()
                    .images()
                    .build(Dockerfile.from(IMAGE).run("echo before; exit 3"))
                    .execute())
        .isInstanceOfSatisfying(
            BuildException.class,
            e -> {
              assertThat(e.exitCode()).hasValue(3);
              assertThat(e.instruction()).contains("exit 3");
            });
    assertThatThrownBy(
            () ->
                engine()
                    .images()
                    .build(Dockerfile.from(IMAGE).copy("missing", "/x"))
                    .context(ContextSource.files(Map.of("a", bytes("b"))))
                    .execute())
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> engine().images().build(directory.resolve("nowhere")).execute())
        .isInstanceOf(NotFoundException.class);
  }

  // ---- Registries -------------------------------------------------------------------------------

  @Test
  void pushesAndPulls() throws Exception {
    try (RegistryServer registry =
        RegistryServer.builder().directory(directory.resolve("registry")).start()) {
      String name = registry.address() + "/team/app:1";
      Image image = engine().images().tag(IMAGE, name);
      List<String> statuses = new ArrayList<>();

      Reference pushed =
          engine()
              .images()
              .push(name)
              .progress(
                  event -> {
                    if (event instanceof Progress.Layer layer) {
                      statuses.add(layer.status().text());
                    }
                  })
              .execute();
      assertThat(pushed.digest()).isPresent();
      assertThat(statuses).contains("Pushed");
      assertThat(engine().images().remoteTags(registry.address() + "/team/app"))
          .containsExactly("1");

      engine().images().remove(name, false);
      Image pulled = engine().images().pull(name).execute();
      assertThat(pulled.id()).isEqualTo(image.id());
      assertThat(pulled.repoDigests()).extracting(Reference::digest).contains(pushed.digest());
      engine().images().remove(name, false);
      Container container =
          engine()
              .containers()
              .create(name, PullPolicy.MISSING)
              .network(NetworkMode.NONE)
              .command("true")
              .start();
      assertThat(container.waitForExit()).isZero();

      assertThatThrownBy(
              () -> engine().images().pull(registry.address() + "/team/none:1").execute())
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> engine().images().push("contract/unknown:1").execute())
          .isInstanceOf(NotFoundException.class);
    }
  }

  // ---- Volumes and space ------------------------------------------------------------------------

  @Test
  void keepsVolumes() {
    Volume made = engine().volumes().create("contract-volume").label("purpose", "test").execute();
    assertThat(made.driver()).isEqualTo("local");
    assertThat(made.labels()).contains(entry("purpose", "test"));
    assertThat(engine().volumes().find("contract-volume")).map(Volume::name).contains(made.name());
    Container container =
        engine()
            .containers()
            .create(IMAGE)
            .network(NetworkMode.NONE)
            .volume("contract-volume", "/data")
            .command("sh", "-c", "echo kept > /data/file")
            .start();
    container.waitForExit();

    assertThat(engine().volumes().users("contract-volume")).containsExactly(container.id());
    assertThat(engine().volumes().size("contract-volume"))
        .hasValueSatisfying(size -> assertThat(size).isPositive());
    assertThatThrownBy(() -> engine().volumes().remove("contract-volume", false))
        .isInstanceOf(ConflictException.class);
    container.remove(true, true);
    assertThat(engine().volumes().list()).extracting(Volume::name).containsExactly(made.name());
    engine().volumes().remove("contract-volume", false);
    assertThatThrownBy(() -> engine().volumes().remove("contract-volume", false))
        .isInstanceOf(NotFoundException.class);
    engine().volumes().remove("contract-volume", true);
    assertThatThrownBy(() -> engine().volumes().get("contract-volume"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void tellsWhatTakesSpaceAndPrunes() {
    Image unused =
        engine().images().build(Dockerfile.from(IMAGE).run("echo much > /much")).execute();
    engine().volumes().create("contract-unused").execute();
    Container container =
        engine()
            .containers()
            .create(IMAGE)
            .network(NetworkMode.NONE)
            .command("sh", "-c", "head -c 100000 /dev/zero > /big")
            .start();
    container.waitForExit();

    StorageUsage usage = engine().storage().usage();
    assertThat(usage.layers()).isPositive();
    assertThat(usage.images()).extracting(StorageUsage.OfImage::id).contains(unused.id());
    assertThat(usage.containers())
        .filteredOn(c -> c.id().equals(container.id()))
        .allSatisfy(c -> assertThat(c.written()).isGreaterThanOrEqualTo(100_000));
    assertThat(usage.volumes()).extracting("name").contains("contract-unused");

    engine().volumes().prune(true, PruneFilter.ALL);
    assertThat(engine().volumes().find("contract-unused")).isEmpty();
    assertThat(engine().images().prune(false, PruneFilter.ALL).names())
        .contains("Deleted: " + unused.id());
    engine().storage().pruneBuildCache(io.berth.api.Storage.BuildCachePrune.ALL);
  }
}
