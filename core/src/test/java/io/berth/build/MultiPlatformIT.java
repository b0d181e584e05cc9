package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.Berth;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.api.PruneFilter;
import io.berth.archive.ArchiveFormat;
import io.berth.archive.ImageLayout;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.image.Commands;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotters;
import io.berth.linux.RootDir;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.testing.DockerRegistry;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One build for several platforms, of which this host runs one. */
class MultiPlatformIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static final String HOST = Platform.host().toString();
  private static final String OTHER = HOST.equals("linux/arm64") ? "linux/amd64" : "linux/arm64";

  private static final String CROSS =
      """
      FROM --platform=$BUILDPLATFORM busybox:test AS tools
      RUN echo tools > /tools
      FROM tools AS build
      ARG TARGETPLATFORM TARGETARCH
      RUN echo $TARGETPLATFORM $TARGETARCH > /made; cat /tools >> /made
      FROM scratch
      ARG TARGETARCH
      LABEL arch=$TARGETARCH
      COPY --from=build /made /made
      """;

  /** A static program for aarch64 that writes its architecture to the file /made. */
  private static final byte[] PROGRAM =
      HexFormat.of()
          .parseHex(
              "7f454c460201010000000000000000000200b700010000007800400000000000400000000000000000"
                  + "0000000000000000000000400038000100000000000000010000000500000000000000000000000000"
                  + "4000000000000000400000000000ba00000000000000ba000000000000000000010000000000600c80"
                  + "9281010010224880d2833480d2080780d2010000d401010050020180d2080880d2010000d4000080d2"
                  + "a80b80d2010000d42f6d61646500616172636836340a");

  private static final int MACHINE = 18; // the field of an ELF file
  private static final byte RISCV = (byte) 243;

  @TempDir Path directory;

  @AfterEach
  void removeImages() {
    images().list().stream()
        .filter(image -> !image.tags().toString().contains("busybox"))
        .forEach(image -> images().remove(image.id().toString(), true));
  }

  private static Images images() {
    return FIXTURE.engine().images();
  }

  private Image build(String dockerfile, String platforms, String tag) throws IOException {
    Files.writeString(directory.resolve("Dockerfile"), dockerfile);
    return images().build(directory).platform(platforms).tag(tag).execute();
  }

  private static String read(Image image, String path) throws IOException {
    try (Snapshotter snapshots = Snapshotters.open(FIXTURE.dataDirectory());
        RootDir root =
            SnapshotViews.open(snapshots.mount(image.config().chainId().orElseThrow().toString()));
        InputStream in = root.read(path)) {
      return new String(in.readAllBytes());
    }
  }

  private static Index index(ImageSource source) throws IOException {
    return Index.parse(source.manifest(source.root()));
  }

  private Index saved(String name) throws IOException {
    Path layout = directory.resolve("layout");
    images().save(name).toLayout(layout);
    return index(ImageLayout.read(layout).get(0).source());
  }

  /** The image of an index for a platform, which is in the store too. */
  private Image of(Index index, String platform) throws IOException {
    Descriptor manifest = index.select(Platform.parse(platform)).orElseThrow();
    Path blob = directory.resolve("layout/blobs/sha256").resolve(manifest.digest().hex());
    return images().get(Manifest.parse(Files.readAllBytes(blob)).config().digest().toString());
  }

  @Test
  void thereIsAnImageForEachPlatformBehindOneName() throws IOException {
    Image image = build(CROSS, OTHER + "," + HOST, "app");

    assertThat(image.config().platform()).isEqualTo(Platform.host());
    assertThat(images().get("app").id()).isEqualTo(image.id());
    assertThat(read(image, "/made"))
        .isEqualTo(HOST + " " + Platform.host().architecture() + "\ntools\n");
    Index index = saved("app");
    assertThat(index.manifests())
        .extracting(manifest -> manifest.platform().orElseThrow().toString())
        .containsExactly(OTHER, HOST);
    Image other = of(index, OTHER);
    assertThat(other.config().platform()).hasToString(OTHER);
    assertThat(other.config().config().labels())
        .containsEntry("arch", Platform.parse(OTHER).architecture());
    assertThat(read(other, "/made")).startsWith(OTHER + " ");
    assertThat(of(index, HOST).id()).isEqualTo(image.id());
    // One line in the list, as for any other image.
    assertThat(images().list()).extracting(Image::id).contains(image.id());
    assertThat(images().list()).extracting(Image::id).doesNotContain(other.id());
  }

  @Test
  void whatIsTheSameForAllPlatformsIsDoneOnce() throws IOException {
    Files.writeString(directory.resolve("Dockerfile"), CROSS);
    List<Progress.Event> events = new ArrayList<>();

    images()
        .build(directory)
        .platform(HOST + "," + OTHER)
        .noCache()
        .progress(events::add)
        .execute();

    List<Integer> tools = new ArrayList<>();
    List<Integer> made = new ArrayList<>();
    List<Integer> cached = new ArrayList<>();
    for (Progress.Event event : events) {
      if (event instanceof Progress.StepStarted step) {
        assertThat(step.instruction()).startsWith("[linux/");
        (step.instruction().contains("echo tools") ? tools : made).add(step.number());
      } else if (event instanceof Progress.StepFinished step && step.cached()) {
        cached.add(step.number());
      }
    }
    assertThat(tools).hasSize(2);
    assertThat(cached).contains(tools.get(1)).doesNotContain(tools.get(0));
  }

  @Test
  void itIsPushedAsAnIndexFromWhichOthersTakeTheirs() throws IOException {
    Image image = build(CROSS, HOST + "," + OTHER, "app");

    try (DockerRegistry registry = DockerRegistry.start(directory.resolve("registry"))) {
      String name = registry.address() + "/team/app:1";
      images().tag("app", name);
      Reference pushed = images().push(name).execute();

      try (ImageSource source = images().registry().pull(Reference.parse(name))) {
        assertThat(pushed.digest()).contains(source.root().digest());
        assertThat(index(source).manifests())
            .extracting(manifest -> manifest.platform().orElseThrow().toString())
            .containsExactly(HOST, OTHER);
      }
      try (Engine other = Berth.builder().dataDirectory(directory.resolve("other")).open()) {
        assertThat(other.images().pull(name).execute().id()).isEqualTo(image.id());
        assertThat(other.images().pull(name).platform(OTHER).execute().config().platform())
            .hasToString(OTHER);
      }
    }
  }

  @Test
  void othersReadTheSavedLayout() throws Exception {
    Commands.require("skopeo");
    build(CROSS, HOST + "," + OTHER, "app:1");
    Path archive = directory.resolve("app.tar");
    images().save("app:1").format(ArchiveFormat.OCI).to(archive);

    for (String platform : List.of(HOST, OTHER)) {
      String arch = Platform.parse(platform).architecture();
      assertThat(
              Commands.run(
                  "skopeo",
                  "inspect",
                  "--override-arch",
                  arch,
                  "--config",
                  "oci-archive:" + archive + ":1"))
          .contains("\"architecture\": \"" + arch + "\"");
    }
    // What docker reads has the image for this host.
    Path docker = directory.resolve("docker.tar");
    images().save("app:1").to(docker);
    assertThat(Commands.run("skopeo", "inspect", "--config", "docker-archive:" + docker))
        .contains("\"architecture\": \"" + Platform.host().architecture() + "\"");
  }

  @Test
  void whatItComesFromIsSavedBesideEachImage() throws IOException {
    Files.writeString(directory.resolve("Dockerfile"), CROSS);
    images()
        .build(directory)
        .platform(HOST + "," + OTHER)
        .provenance(Provenance.MIN)
        .tag("app:1")
        .execute();

    Index index = saved("app:1");

    List<Descriptor> all = index.manifests();
    assertThat(all).hasSize(4);
    for (int i = 0; i < 2; i++) {
      Descriptor attestation = all.get(i + 2);
      assertThat(attestation.annotations())
          .containsEntry("vnd.docker.reference.type", "attestation-manifest")
          .containsEntry("vnd.docker.reference.digest", all.get(i).digest().toString());
      Path blobs = directory.resolve("layout/blobs/sha256");
      Manifest manifest =
          Manifest.parse(Files.readAllBytes(blobs.resolve(attestation.digest().hex())));
      assertThat(Files.readString(blobs.resolve(manifest.layers().get(0).digest().hex())))
          .contains("slsa.dev/provenance")
          .contains(all.get(i).digest().hex());
    }
    // It is an image like any other to who takes it.
    assertThat(images().load(directory.resolve("layout")).execute()).hasSize(1);
  }

  @Test
  void laterStagesAndBuildsBeginWithTheImageOfTheirPlatform() throws IOException {
    build(CROSS, HOST + "," + OTHER, "base");

    Image image =
        build("FROM base\nCOPY --from=base /made /again\nLABEL more=yes\n", OTHER, "derived");

    assertThat(image.config().platform()).hasToString(OTHER);
    assertThat(read(image, "/again")).startsWith(OTHER);
  }

  @Test
  void itsImagesGoTogether() throws IOException {
    build(CROSS, HOST + "," + OTHER, "app");
    Image other = of(saved("app"), OTHER);

    assertThat(images().prune(false, PruneFilter.ALL).names()).isEmpty();
    assertThatThrownBy(() -> images().remove(other.id().toString(), true))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("several platforms");
    images().remove("app", false);

    assertThat(images().find(other.id().toString())).isEmpty();
  }

  @Test
  void aBuildForOnePlatformTakesTheNameForThatAlone() throws IOException {
    build(CROSS, HOST + "," + OTHER, "app");
    Image other = of(saved("app"), OTHER);

    Image alone = build(CROSS, HOST, "app");

    Path layout = directory.resolve("alone");
    images().save("app").toLayout(layout);
    ImageSource source = ImageLayout.read(layout).get(0).source();
    assertThat(Manifest.parse(source.manifest(source.root())).config().digest())
        .isEqualTo(alone.id());
    images().prune(false, PruneFilter.ALL);
    assertThat(images().find(other.id().toString())).isEmpty();
  }

  @Test
  void whenOneFailsNoneIsNamed() throws IOException {
    Files.writeString(directory.resolve(Platform.host().architecture()), "here");

    assertThatThrownBy(
            () ->
                build(
                    "FROM scratch\nARG TARGETARCH\nCOPY ${TARGETARCH} /\n",
                    HOST + ",linux/s390x",
                    "half"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("s390x");

    assertThat(images().find("half")).isEmpty();
  }

  private static final String FOREIGN =
      """
      FROM scratch
      COPY --chmod=755 program /bin/program
      RUN ["/bin/program"]
      """;

  @Test
  void aForeignProgramNeedsAnEmulator() throws IOException {
    assumeTrue(
        !HOST.equals("linux/riscv64")
            && !Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-riscv64")),
        "this host runs such programs");
    byte[] program = PROGRAM.clone();
    program[MACHINE] = RISCV;
    Files.write(directory.resolve("program"), program);

    assertThatThrownBy(() -> build(FOREIGN, "linux/riscv64", "foreign"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("cannot run programs for linux/riscv64")
        .hasMessageContaining("qemu-user-static")
        .hasMessageContaining("--platform=$BUILDPLATFORM");
  }

  @Test
  void aForeignProgramRunsWithAnEmulator() throws Exception {
    assumeTrue(!HOST.equals("linux/arm64"), "is for a host of another architecture");
    Files.write(directory.resolve("program"), PROGRAM);

    try (Emulator emulator = Emulator.register(directory)) {
      Image image = build(FOREIGN, "linux/arm64", "foreign");

      assertThat(read(image, "/made")).isEqualTo("aarch64\n");
    }
  }

  @Test
  void anotherPlatformsImageIsNotTakenForIt() throws IOException {
    build(CROSS, HOST, "native");

    assertThatThrownBy(() -> build("FROM native\nLABEL a=b\n", OTHER, "derived"))
        .hasRootCauseInstanceOf(Exception.class)
        .hasMessageContaining("native");
    assertThat(images().find("derived").map(Image::id)).isEqualTo(Optional.empty());
    assertThatThrownBy(() -> images().get("derived")).isInstanceOf(NotFoundException.class);
  }
}
