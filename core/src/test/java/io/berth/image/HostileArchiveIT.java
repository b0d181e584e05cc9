package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.LoadRequest;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.json.Json;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.oci.Digest;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Platform;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Archives that are damaged or hostile are refused with the reason, and leave nothing. */
class HostileArchiveIT {
  /** Skips where there is no root. */
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static final long LIMIT = 10 << 20;

  @TempDir Path directory;
  private Engine berth;
  private List<String> before;

  @BeforeEach
  void open() throws IOException {
    berth = Berth.open(directory.resolve("data"));
    berth.images().load(new ByteArrayInputStream(good("kept").bytes())).execute();
    before = state();
  }

  @AfterEach
  void close() {
    berth.close();
  }

  /** All files of the store but its locks. */
  private List<String> state() throws IOException {
    TreeSet<String> files = new TreeSet<>();
    for (String part : List.of("blobs", "ingest", "images/ids", "images/work", "snapshots")) {
      Path root = directory.resolve("data").resolve(part);
      if (Files.exists(root)) {
        try (Stream<Path> walk = Files.walk(root)) {
          walk.filter(Files::isRegularFile)
              .map(Path::toString)
              .filter(file -> !file.endsWith("lock") && !file.endsWith(".json"))
              .forEach(files::add);
        }
      }
    }
    return List.copyOf(files);
  }

  /** The files of an archive, to be changed before they are written. */
  private static final class Archive {
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final List<TarEntry> others = new ArrayList<>();

    Archive with(String name, byte[] content) {
      files.put(name, content);
      return this;
    }

    Archive with(String name, String content) {
      return with(name, utf8(content));
    }

    Archive without(String name) {
      files.remove(name);
      return this;
    }

    Archive with(TarEntry entry) {
      others.add(entry);
      return this;
    }

    byte[] bytes() {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      TarWriter tar = new TarWriter(out);
      try {
        for (TarEntry entry : others) {
          tar.begin(entry);
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          TarEntry entry = TarEntry.of(TarType.REGULAR, file.getKey(), 0644);
          tar.begin(entry.withSize(file.getValue().length));
          tar.write(file.getValue(), 0, file.getValue().length);
        }
        tar.finish();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return out.toByteArray();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] config(Digest... layers) {
    ImageConfig.Builder config = ImageConfig.builder(Platform.host());
    for (Digest layer : layers) {
      config.addLayer(
          layer,
          new History(
              Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false));
    }
    return config.build().toBytes();
  }

  private static String table(String config, String tag, String layer) {
    return "{\"Config\":\"%s\",\"RepoTags\":[\"%s\"],\"Layers\":[\"%s\"]}"
        .formatted(config, tag, layer);
  }

  private static Archive good(String content) {
    byte[] layer = TestImages.tar("f", content);
    byte[] config = config(Digest.sha256(layer));
    String name = Digest.sha256(config).hex() + ".json";
    return new Archive()
        .with(content + "/layer.tar", layer)
        .with(name, config)
        .with("manifest.json", "[" + table(name, content + ":1", content + "/layer.tar") + "]");
  }

  private static Archive image(byte[] layer, byte[] config) {
    String name = Digest.sha256(config).hex() + ".json";
    return new Archive()
        .with("x/layer.tar", layer)
        .with(name, config)
        .with("manifest.json", "[" + table(name, "x:1", "x/layer.tar") + "]");
  }

  private void assertRefused(byte[] archive, String... reasons) throws IOException {
    Path file = Files.write(directory.resolve("archive"), archive);
    for (LoadRequest load :
        List.of(
            berth.images().load(new ByteArrayInputStream(archive)), berth.images().load(file))) {
      assertThatThrownBy(() -> load.unpackedLimit(LIMIT).execute())
          .isInstanceOfAny(InvalidInputException.class, NotFoundException.class)
          .message()
          .contains(reasons);
      assertThat(state()).isEqualTo(before);
      assertThat(berth.images().list()).hasSize(1);
    }
  }

  @Test
  void whatIsNoArchiveOfImages() throws IOException {
    assertRefused(new byte[0], "neither manifest.json nor index.json");
    assertRefused(utf8("hello\n".repeat(200)), "tar");
    assertRefused(TestImages.tar("etc/passwd", "x"), "manifest.json", "import");
    assertRefused(good("x").without("manifest.json").bytes(), "manifest.json");
    assertRefused(new Archive().with("manifest.json", "[]").bytes(), "no images");
    assertRefused(
        new Archive().with("index.json", "{\"schemaVersion\":2,\"manifests\":[]}").bytes(),
        "no images");
  }

  @Test
  void brokenTables() throws IOException {
    for (String broken : List.of("", "{", "{}", "[1]", "[{}]", "[{\"Config\":1}]", "null")) {
      assertRefused(good("x").with("manifest.json", broken).bytes(), "manifest.json");
      assertRefused(good("x").with("index.json", broken).bytes(), "index");
    }
    byte[] huge = new byte[Json.MAX_BYTES + 1];
    Arrays.fill(huge, (byte) ' ');
    assertRefused(good("x").with("manifest.json", huge).bytes(), "manifest.json", "4194304");
    assertRefused(good("x").with("index.json", huge).bytes(), "index.json", "4194304");
    byte[] twice = good("x").bytes();
    byte[] both = new byte[2 * twice.length - 1024];
    System.arraycopy(twice, 0, both, 0, twice.length - 1024);
    System.arraycopy(twice, 0, both, twice.length - 1024, twice.length);
    assertRefused(both, "twice");
  }

  @Test
  void cutAnywhere() throws IOException {
    byte[] archive = good("x").bytes();
    for (int length = 1; length < archive.length - 2048; length += 257) {
      assertRefused(Arrays.copyOf(archive, length), "archive");
    }
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(gzip)) {
      out.write(archive);
    }
    for (int length : List.of(5, 20, 100, gzip.size() - 9, gzip.size() - 1)) {
      assertRefused(Arrays.copyOf(gzip.toByteArray(), length), "archive");
    }
  }

  @Test
  void partsThatAreMissingOrSomethingElse() throws IOException {
    byte[] layer = TestImages.tar("f", "x");
    byte[] other = TestImages.tar("f", "y");
    byte[] config = config(Digest.sha256(layer));
    String name = Digest.sha256(config).hex() + ".json";

    assertRefused(image(layer, config).without("x/layer.tar").bytes(), "x/layer.tar");
    assertRefused(image(layer, config).without(name).bytes(), name);
    assertRefused(
        image(other, config).bytes(), Digest.sha256(layer).hex(), Digest.sha256(other).hex());
    assertRefused(image(layer, config).with(name, config()).bytes(), name);
    assertRefused(image(layer, config()).bytes(), "1 layers", "0 in its configuration");
    assertRefused(image(layer, utf8("{}")).bytes(), "config");
    String blob = "blobs/sha256/" + Digest.sha256(layer).hex();
    assertRefused(
        new Archive()
            .with(blob, other)
            .with(name, config)
            .with("manifest.json", "[" + table(name, "x:1", blob) + "]")
            .bytes(),
        Digest.sha256(layer).hex());
    assertRefused(good("x").with("blobs/sha256/12ab", other).bytes(), "12ab");
    assertRefused(
        new Archive()
            .with(
                "index.json",
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":"
                    + "\"application/vnd.oci.image.manifest.v1+json\",\"size\":3,\"digest\":\""
                    + Digest.sha256(layer)
                    + "\"}]}")
            .bytes(),
        "lacks",
        Digest.sha256(layer).hex());
  }

  @Test
  void namesThatLeadOutOfTheArchive() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    byte[] layer = TestImages.tar("f", "x");
    byte[] config = config(Digest.sha256(layer));
    String name = Digest.sha256(config).hex() + ".json";

    for (String outside : List.of("../x", "/etc/x", "a/../../x", "blobs/sha256/../../../x")) {
      assertRefused(image(layer, config).with(outside, "attack").bytes(), outside, "leads out");
      assertRefused(
          image(layer, config)
              .with("manifest.json", "[" + table(name, "x:1", outside) + "]")
              .bytes(),
          outside);
      assertRefused(
          image(layer, config)
              .with("manifest.json", "[" + table(outside, "x:1", "x/layer.tar") + "]")
              .bytes(),
          outside);
    }
    for (TarType type : List.of(TarType.SYMLINK, TarType.HARD_LINK)) {
      for (String target :
          List.of(secret.toString(), "../../" + secret, "../../../../etc/passwd")) {
        assertRefused(
            image(layer, config).without("x/layer.tar").with(link(type, target)).bytes(),
            "leads out");
      }
      assertRefused(
          image(layer, config).without("x/layer.tar").with(link(type, "x/layer.tar")).bytes(),
          "lacks");
    }
    assertRefused(
        image(layer, config).with(TarEntry.of(TarType.FIFO, "pipe", 0644)).bytes(), "pipe");
    assertThat(secret).hasContent("secret");
  }

  private static TarEntry link(TarType type, String target) {
    TarEntry plain = TarEntry.of(type, "x/layer.tar", 0777).asHardLink(target);
    return new TarEntry(
        type,
        plain.name(),
        target,
        0777,
        0,
        0,
        0,
        plain.mtime(),
        0,
        0,
        plain.xattrs(),
        Optional.empty());
  }

  @Test
  void whatUnpacksToMoreThanTheLimit() throws IOException {
    byte[] zeros = new byte[(int) LIMIT + 4096];
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(layer)) {
      TarWriter tar = new TarWriter(out);
      tar.begin(TarEntry.of(TarType.REGULAR, "f", 0644).withSize(zeros.length));
      tar.write(zeros, 0, zeros.length);
      tar.finish();
    }
    byte[] config = config(Digest.sha256(utf8("whatever")));
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(archive)) {
      out.write(image(zeros, config).bytes());
    }

    assertRefused(image(layer.toByteArray(), config).bytes(), "limit of " + LIMIT);
    assertRefused(archive.toByteArray(), "limit of " + LIMIT);
  }

  @Test
  void oneBadImageAmongGoodOnes() throws IOException {
    byte[] layer = TestImages.tar("f", "good");
    byte[] config = config(Digest.sha256(layer));
    String name = Digest.sha256(config).hex() + ".json";
    byte[] bad = config(Digest.sha256(utf8("other")));
    String badName = Digest.sha256(bad).hex() + ".json";

    assertRefused(
        image(layer, config)
            .with(badName, bad)
            .with(
                "manifest.json",
                "["
                    + table(name, "good:1", "x/layer.tar")
                    + ","
                    + table(badName, "bad:1", "x/layer.tar")
                    + "]")
            .bytes(),
        Digest.sha256(utf8("other")).hex());
    assertRefused(
        image(layer, config)
            .with("manifest.json", "[" + table(name, "Bad Tag", "x/layer.tar") + "]")
            .bytes(),
        "Bad Tag");
  }

  @Test
  void digestsThatAnArchiveClaimsAreNoNames() throws IOException {
    byte[] layer = TestImages.tar("f", "x");
    byte[] config = config(Digest.sha256(layer));
    String name = Digest.sha256(config).hex() + ".json";
    String claimed = "x@" + Digest.sha256(layer);

    Image image =
        berth
            .images()
            .load(
                new ByteArrayInputStream(
                    image(layer, config)
                        .with("manifest.json", "[" + table(name, claimed, "x/layer.tar") + "]")
                        .bytes()))
            .execute()
            .get(0);

    assertThat(image.tags()).isEmpty();
    assertThat(image.repoDigests()).isEmpty();
  }

  @Test
  void damagedLayouts() throws IOException {
    Path layout = directory.resolve("layout");
    berth.images().save("kept:1").toLayout(layout);
    try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path blob : blobs.toList()) {
        byte[] content = Files.readAllBytes(blob);
        try (Engine other = Berth.open(directory.resolve("other"))) {
          content[content.length / 2] ^= 1;
          Files.write(blob, content);
          assertThatThrownBy(() -> other.images().load(layout).execute())
              .isInstanceOf(InvalidInputException.class)
              .hasMessageContaining(blob.getFileName().toString());
          Files.delete(blob);
          assertThatThrownBy(() -> other.images().load(layout).execute())
              .isInstanceOf(NotFoundException.class)
              .hasMessageContaining(blob.getFileName().toString());
          assertThat(other.images().list()).isEmpty();
        }
        content[content.length / 2] ^= 1;
        Files.write(blob, content);
      }
    }
    Files.delete(layout.resolve("index.json"));
    assertThatThrownBy(() -> berth.images().load(layout).execute())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("index.json");
  }
}
