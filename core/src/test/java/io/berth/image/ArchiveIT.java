package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.archive.ArchiveFormat;
import io.berth.error.NotFoundException;
import io.berth.oci.Index;
import io.berth.oci.Reference;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images that leave one engine in an archive and come into another. */
class ArchiveIT {
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

  private static void assertRuns(Engine engine, String image, String output) {
    try (Container container = engine.containers().create(image).start()) {
      assertThat(container.waitForExit()).isZero();
      assertThat(container.logs().stdout()).isEqualTo(output);
    }
  }

  private byte[] saved(ArchiveFormat format, String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    berth.images().save(names).format(format).to(out);
    return out.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(ArchiveFormat.class)
  void goesThroughAStreamWithItsNamesAndLayers(ArchiveFormat format) {
    berth.images().tag(TravellingApp.NAME, "registry.example.com:5000/team/app:2");
    String second = "registry.example.com:5000/team/app:2";
    byte[] archive = saved(format, TravellingApp.NAME, TestEngine.IMAGE, second);

    List<Image> loaded = other.images().load(new ByteArrayInputStream(archive)).execute();

    assertThat(loaded).hasSize(2);
    assertThat(loaded.get(0).id()).isEqualTo(app.id());
    assertThat(loaded.get(0).tags())
        .extracting(Reference::familiar)
        .containsExactlyInAnyOrder(TravellingApp.NAME, second);
    assertThat(loaded.get(1).tags())
        .extracting(Reference::familiar)
        .containsExactly(TestEngine.IMAGE);
    assertRuns(other, TravellingApp.NAME, "more\n");
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    other.images().save(TravellingApp.NAME, TestEngine.IMAGE, second).format(format).to(again);
    assertThat(again.toByteArray()).isEqualTo(archive);
    berth.images().remove(second, false);
  }

  @ParameterizedTest
  @EnumSource(ArchiveFormat.class)
  void goesThroughAFile(ArchiveFormat format) throws IOException {
    Path file = directory.resolve("app.tar");
    berth.images().save(TravellingApp.NAME).format(format).to(file);

    List<Image> loaded = other.images().load(file).tag("more/names:3").execute();

    assertThat(file).hasBinaryContent(saved(format, TravellingApp.NAME));
    assertThat(loaded).hasSize(1);
    assertThat(loaded.get(0).id()).isEqualTo(app.id());
    assertRuns(other, "more/names:3", "more\n");
  }

  @Test
  void goesThroughALayoutDirectory() throws IOException {
    Path layout = directory.resolve("layout");
    berth.images().save(TravellingApp.NAME).toLayout(layout);
    berth.images().save(TestEngine.IMAGE, TravellingApp.NAME).toLayout(layout);

    List<Image> loaded = other.images().load(layout).execute();

    assertThat(loaded).hasSize(2);
    assertThat(layout.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
    assertThat(Index.parse(Files.readAllBytes(layout.resolve("index.json"))).manifests())
        .hasSize(2);
    assertRuns(other, TravellingApp.NAME, "more\n");
  }

  @Test
  void isReadWhenCompressed() throws Exception {
    byte[] archive = saved(ArchiveFormat.DOCKER, TravellingApp.NAME);
    Path gzip = directory.resolve("a.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
      out.write(archive);
    }

    assertThat(other.images().load(gzip).execute()).hasSize(1);
    other.images().remove(TravellingApp.NAME, false);
    Commands.require("zstd");
    Path plain = Files.write(directory.resolve("a.tar"), archive);
    Commands.run("zstd", "-q", plain.toString());
    try (InputStream in = Files.newInputStream(directory.resolve("a.tar.zst"))) {
      assertThat(other.images().load(in).execute()).hasSize(1);
    }
    assertRuns(other, TravellingApp.NAME, "more\n");
  }

  @Test
  void anImageGivenByItsIdHasNoName() {
    byte[] archive = saved(ArchiveFormat.DOCKER, app.shortId());

    Image loaded = other.images().load(new ByteArrayInputStream(archive)).execute().get(0);

    assertThat(loaded.id()).isEqualTo(app.id());
    assertThat(loaded.tags()).isEmpty();
  }

  @Test
  void unknownImageLeavesTheFileAsItWas() throws IOException {
    Path file = Files.writeString(directory.resolve("a.tar"), "before");

    assertThatThrownBy(() -> berth.images().save(TravellingApp.NAME, "unknown").to(file))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("unknown");

    assertThat(file).hasContent("before");
    assertThat(directory).isDirectoryNotContaining("glob:**/.save-*");
    assertThatThrownBy(() -> other.images().load(directory.resolve("none.tar")).execute())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("none.tar");
  }
}
