package io.berth.image;

import static io.berth.testing.FaultyRegistry.body;
import static io.berth.testing.FaultyRegistry.chunked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Image;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.SnapshotViews;
import io.berth.linux.RootDir;
import io.berth.oci.ChainId;
import io.berth.oci.Descriptor;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.testing.RemoteImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What pulled images may be made of, and what is refused before it does harm. */
@Timeout(180)
class PullContentIT extends PullFixture {
  @Test
  void badBlobsAreRefusedAndNothingIsLeft() throws IOException {
    byte[] tar = tar("one", 200_000, 1);
    RemoteImage remote = RemoteImage.put(registry, "1", tar("zero", 1000, 3), tar);
    Descriptor layer = remote.layers().get(1);
    byte[] good = RemoteImage.gzip(tar);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 0x10;
    byte[] other = RemoteImage.gzip(tar("one", 200_000, 4));
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    byte[] shorter = Arrays.copyOf(good, good.length - 1);

    for (byte[] bad : List.of(shorter, flipped, other, longer, new byte[0])) {
      registry.replace(layer, bad);
      assertThatThrownBy(() -> pull(app()))
          .as("%d bytes in place of %d", bad.length, good.length)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(layer.digest().toString());
      assertNothingLeft();
    }
    registry.replace(layer, good);
    assertComplete(pull(app()), remote);
  }

  @Test
  void anOverlongBlobOfUnknownLengthIsRefused() throws IOException {
    byte[] tar = tar("one", 100_000, 1);
    RemoteImage remote = RemoteImage.put(registry, "1", tar);
    byte[] good = RemoteImage.gzip(tar);
    registry.always(
        remote.layers().get(0).digest().hex(), chunked(Arrays.copyOf(good, good.length + 5000)));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("found more");
    assertNothingLeft();
  }

  @Test
  void aBombIsStoppedAtTheLimit() throws IOException {
    for (String type : List.of(MediaTypes.OCI_LAYER_GZIP, MediaTypes.OCI_LAYER_ZSTD)) {
      byte[] bomb = TestImages.tar("zeros", "0".repeat((int) LIMIT + 1));
      RemoteImage.put(registry, "1", Platform.host(), type, bomb);

      assertThatThrownBy(() -> pull(app()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("limit of " + LIMIT);
      assertNothingLeft();
    }
  }

  @Test
  void aLayerThatLeavesTheRootIsRefused() throws IOException {
    RemoteImage.put(registry, "1", tar("ok", 100, 1), TestImages.tar("../../etc/evil", "x"));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("../../etc/evil");
    assertNothingLeft();
  }

  @Test
  void aLayerThatIsNotWhatItsConfigurationSaysIsRefused() throws IOException {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    Descriptor swapped =
        registry.blob(MediaTypes.OCI_LAYER_GZIP, RemoteImage.gzip(tar("one", 1000, 2)));
    Manifest manifest =
        Manifest.oci(
            Descriptor.of(MediaTypes.OCI_CONFIG, remote.config().toBytes()), List.of(swapped));
    registry.manifest("1", MediaTypes.OCI_MANIFEST, manifest.toBytes());

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("should unpack to " + remote.config().diffIds().get(0));
    assertNothingLeft();
  }

  @Test
  void badManifestsAreRefusedBeforeAnythingIsDownloaded() throws IOException {
    RemoteImage remote = RemoteImage.put(registry, "good", tar("one", 1000, 1));
    Descriptor config = Descriptor.of(MediaTypes.OCI_CONFIG, remote.config().toBytes());
    Descriptor layer = remote.layers().get(0);
    String good =
        new String(Manifest.oci(config, List.of(layer)).toBytes(), StandardCharsets.UTF_8);
    Descriptor text = new Descriptor("text/plain", layer.digest(), layer.size());
    Descriptor chart =
        new Descriptor("application/vnd.cncf.helm.config.v1+json", config.digest(), config.size());
    record Case(String type, String manifest, String message) {}
    List<Case> cases =
        List.of(
            new Case(MediaTypes.OCI_MANIFEST, "{", "manifest"),
            new Case(MediaTypes.OCI_MANIFEST, "[]", "expected an object"),
            new Case(MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":1}", "schema 1"),
            new Case(
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                "{\"schemaVersion\":1}",
                "schema 1"),
            new Case(MediaTypes.OCI_INDEX, good, "mediaType"),
            new Case(MediaTypes.DOCKER_MANIFEST, good, "mediaType"),
            new Case(MediaTypes.OCI_MANIFEST, good.replace("\"size\":", "\"size\":-"), "size"),
            new Case(MediaTypes.OCI_MANIFEST, good.replace("sha256:", "md5:"), "digest"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(config, text), "text/plain"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(chart, layer), "helm"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(config, layer, layer), "2 layers"),
            new Case(MediaTypes.OCI_MANIFEST, manifest(config), "0 layers"),
            new Case(MediaTypes.OCI_MANIFEST, " ".repeat(5 << 20) + good, "more than"));

    for (Case each : cases) {
      registry.manifest("1", each.type(), each.manifest().getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> pull(app()))
          .as(each.message())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(each.message());
      assertNothingLeft();
    }
  }

  private static String manifest(Descriptor config, Descriptor... layers) {
    return new String(Manifest.oci(config, List.of(layers)).toBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aManifestThatIsNotWhatItsDigestSaysIsRefused() throws IOException {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    RemoteImage wrong = RemoteImage.put(registry, "2", tar("two", 1000, 2));
    registry.always(
        "manifests/" + remote.descriptor().digest(),
        body(
            200,
            manifest(
                Descriptor.of(MediaTypes.OCI_CONFIG, wrong.config().toBytes()),
                wrong.layers().get(0)),
            "Content-Type",
            MediaTypes.OCI_MANIFEST));

    assertThatThrownBy(() -> pull(registry.address() + "/team/app@" + remote.descriptor().digest()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("should be " + remote.descriptor().digest());
    assertNothingLeft();
  }

  @Test
  void layersOfEveryCompressionAndBothKindsOfManifestsAreTaken() throws IOException {
    for (String type :
        List.of(
            MediaTypes.OCI_LAYER,
            MediaTypes.OCI_LAYER_GZIP,
            MediaTypes.OCI_LAYER_ZSTD,
            MediaTypes.DOCKER_LAYER,
            MediaTypes.DOCKER_LAYER_GZIP,
            MediaTypes.DOCKER_LAYER_ZSTD)) {
      byte[] same = tar("same", 10, 1);
      RemoteImage remote =
          RemoteImage.put(
              registry,
              "1",
              Platform.host(),
              type,
              tar("a" + type.length(), 50_000, 1),
              same,
              same);

      assertComplete(pull(app()), remote);

      try (RootDir root =
          SnapshotViews.open(snapshotter.mount(ChainId.of(remote.config().diffIds()).toString()))) {
        assertThat(root.exists("/same")).isTrue();
      }
    }
  }

  @Test
  void thePlatformIsChosenWithItsVariant() {
    RemoteImage v6 = put("v6", new Platform("linux", "arm", "v6"));
    RemoteImage v7 = put("v7", new Platform("linux", "arm", "v7"));
    RemoteImage arm64 = put("arm64", new Platform("linux", "arm64", "v8"));
    Index index =
        Index.oci(
            List.of(
                of(v6, new Platform("linux", "arm", "v6")),
                of(arm64, new Platform("linux", "arm64", "v8")),
                of(v7, new Platform("linux", "arm", "v7"))));
    Descriptor root = registry.manifest("1", index.mediaType(), index.toBytes());

    assertThat(pull(options(), app(), Optional.of("linux/arm64")).config())
        .isEqualTo(arm64.config());
    assertThat(pull(options(), app(), Optional.of("linux/arm/v6")).config()).isEqualTo(v6.config());
    Image last = pull(options(), app(), Optional.of("linux/arm/v7"));
    assertThat(last.config()).isEqualTo(v7.config());
    // The digest of what was asked for, which is the same on every platform.
    assertThat(last.repoDigests())
        .containsExactly(Reference.parse(app()).nameOnly().withDigest(root.digest()));
    assertThatThrownBy(() -> pull(options(), app(), Optional.of("linux/s390x")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("linux/s390x")
        .hasMessageContaining("linux/arm/v6, linux/arm64/v8, linux/arm/v7");
  }

  private RemoteImage put(String content, Platform platform) {
    return RemoteImage.put(
        registry, content, platform, MediaTypes.OCI_LAYER_GZIP, TestImages.tar("f", content));
  }

  private static Descriptor of(RemoteImage image, Platform platform) {
    return image.descriptor().withPlatform(platform);
  }
}
