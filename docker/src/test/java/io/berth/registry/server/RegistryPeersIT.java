package io.berth.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.archive.LayoutWriter;
import io.berth.archive.SavedImage;
import io.berth.archive.SavedLayer;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Other clients push to the registry and pull from it: not a bit changes. */
class RegistryPeersIT {
  @TempDir Path directory;
  private Path layout;
  private Digest manifest;

  @BeforeEach
  void makeImage() throws IOException {
    layout = directory.resolve("layout");
    List<SavedLayer> layers = new ArrayList<>();
    ImageConfig.Builder config = ImageConfig.builder(Platform.host());
    for (int i = 0; i < 3; i++) {
      byte[] tar = tar("file" + i, i == 2 ? 3_000_000 : 1000);
      layers.add(new Layer(tar));
      config.addLayer(
          Digest.sha256(tar),
          new History(
              Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false));
    }
    byte[] configBytes = config.build().toBytes();
    Descriptor of = Descriptor.of(MediaTypes.OCI_CONFIG, configBytes);
    Manifest document = Manifest.oci(of, layers.stream().map(SavedLayer::descriptor).toList());
    manifest = document.descriptor().digest();
    LayoutWriter.write(
        layout,
        List.of(
            new SavedImage(
                document.descriptor(),
                document.toBytes(),
                of,
                configBytes,
                layers,
                List.of(Reference.parse("app:1")))));
  }

  private static byte[] tar(String name, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(out);
    tar.begin(TarEntry.of(TarType.REGULAR, name, 0644).withSize(size));
    tar.write(content, 0, size);
    tar.finish();
    return out.toByteArray();
  }

  private record Layer(byte[] tar) implements SavedLayer {
    @Override
    public Descriptor descriptor() {
      return Descriptor.of(MediaTypes.OCI_LAYER, tar);
    }

    @Override
    public long tarSize() {
      return tar.length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(tar);
    }

    @Override
    public void writeTar(OutputStream out) throws IOException {
      out.write(tar);
    }
  }

  private static void require(String program) {
    boolean found =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    if (!found) {
      throw new TestAbortedException("needs " + program);
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(List.of(command) + "\n" + output).isZero();
    return output;
  }

  @Test
  void skopeoPushesMountsListsPullsAndDeletes() throws Exception {
    require("skopeo");
    try (RegistryServer registry =
        RegistryServer.builder()
            .directory(directory.resolve("registry"))
            .basicAuth("ann", "secret")
            .start()) {
      String image = "docker://" + registry.address() + "/team/app";
      Path back = directory.resolve("back");
      String[] login = {"--src-creds=ann:secret", "--dest-creds=ann:secret"};

      skopeo(
          "copy",
          "--dest-oci-accept-uncompressed-layers",
          "--preserve-digests",
          "--dest-tls-verify=false",
          login[1],
          "oci:" + layout + ":1",
          image + ":1");
      skopeo(
          "copy",
          "--preserve-digests",
          "--src-tls-verify=false",
          "--dest-tls-verify=false",
          login[0],
          login[1],
          image + ":1",
          "docker://" + registry.address() + "/other:2");
      skopeo(
          "copy",
          "--preserve-digests",
          "--src-tls-verify=false",
          login[0],
          image + "@" + manifest,
          "oci:" + back + ":1");
      String tags = skopeo("list-tags", "--tls-verify=false", "--creds=ann:secret", image);
      skopeo("delete", "--tls-verify=false", "--creds=ann:secret", image + ":1");

      assertThat(tags).contains("\"1\"");
      try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
        for (Path blob : blobs.toList()) {
          assertThat(back.resolve("blobs/sha256").resolve(blob.getFileName()))
              .hasSameBinaryContentAs(blob);
        }
      }
      RegistryClient client = new RegistryClient(registry.uri());
      String[] header = {"Authorization", "Basic YW5uOnNlY3JldA=="};
      assertThat(client.get("/v2/team/app/manifests/1", header).statusCode()).isEqualTo(404);
      assertThat(client.get("/v2/other/manifests/" + manifest, header).statusCode()).isEqualTo(200);
    }
  }

  private static String skopeo(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }
}
