package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RootDocumentTest {
  private static final Digest D = Digest.sha256(new byte[0]);
  private static final String CONFIG =
      "{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'" + D + "','size':2}";
  private static final String LAYER =
      "{'mediaType':'application/vnd.oci.image.layer.v1.tar+gzip','digest':'" + D + "','size':3}";
  private static final String MANIFEST =
      "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','config':"
          + CONFIG
          + ",'layers':["
          + LAYER
          + "]}";

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsAndWritesAManifest() {
    RootDocument document = RootDocument.parse(json(MANIFEST), MediaTypes.OCI_MANIFEST);

    assertThat(document).isInstanceOf(Manifest.class);
    Manifest manifest = (Manifest) document;
    assertThat(manifest.isImage()).isTrue();
    assertThat(manifest.config().size()).isEqualTo(2);
    assertThat(manifest.layers()).hasSize(1);
    assertThat(manifest.toBytes()).isEqualTo(json(MANIFEST));
    assertThat(manifest.descriptor().digest()).isEqualTo(Digest.sha256(json(MANIFEST)));
    assertThat(Manifest.oci(manifest.config(), manifest.layers())).isEqualTo(manifest);
  }

  @Test
  void readsAndWritesEverythingOptional() {
    String text =
        "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json',"
            + "'artifactType':'application/x','config':{'mediaType':'application/vnd.oci.empty.v1+json',"
            + "'digest':'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',"
            + "'size':2,'urls':['https://a/b'],'annotations':{'a':'1','b':'2'},'data':'e30=',"
            + "'artifactType':'application/y'},'layers':[],'subject':"
            + CONFIG
            + ",'annotations':{'k':'v'}}";

    Manifest manifest = Manifest.parse(json(text));

    assertThat(manifest.toBytes()).isEqualTo(json(text));
    assertThat(manifest.isImage()).isFalse();
    assertThat(manifest.config().content().orElseThrow()).asString().isEqualTo("{}");
    assertThat(manifest.descriptor().artifactType()).contains("application/x");
  }

  @Test
  void ociMayLeaveTheMediaTypeOutAndDockerMayNot() {
    String without =
        MANIFEST.replace("'mediaType':'application/vnd.oci.image.manifest.v1+json',", "");

    assertThat(RootDocument.parse(json(without)).mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    assertThat(RootDocument.parse(json("{'schemaVersion':2,'manifests':[]}")).mediaType())
        .isEqualTo(MediaTypes.OCI_INDEX);
    assertThatThrownBy(() -> RootDocument.parse(json(without), MediaTypes.DOCKER_MANIFEST))
        .hasMessageContaining("manifest.mediaType: expected")
        .hasMessageContaining("found nothing");
  }

  static Stream<Arguments> invalid() {
    String tail = ",'config':" + CONFIG + ",'layers':[" + LAYER + "]}";
    return Stream.of(
        Arguments.of("[]", "manifest: expected an object, found an array"),
        Arguments.of("{}", "manifest.schemaVersion: expected an integer, found nothing"),
        Arguments.of(
            "{'schemaVersion':'2'" + tail,
            "manifest.schemaVersion: expected an integer, found \"2\""),
        Arguments.of("{'schemaVersion':3" + tail, "manifest.schemaVersion: expected 2, found 3"),
        Arguments.of("{'schemaVersion':1}", "schema 1 is no longer supported"),
        Arguments.of(
            "{'schemaVersion':2,'mediaType':'text/plain'" + tail,
            "manifest.mediaType: expected the media type of an image manifest, found \"text/plain\""),
        Arguments.of(
            "{'schemaVersion':2,'manifests':[]" + tail,
            "manifest.layers: expected no such field here, found an array"),
        Arguments.of(
            MANIFEST.replace("'config'", "'manifests':[],'config'"),
            "manifest.manifests: expected no such field"),
        Arguments.of(
            "{'schemaVersion':2,'layers':[]}",
            "manifest.config: expected an object, found nothing"),
        Arguments.of(
            "{'schemaVersion':2,'config':" + CONFIG + "}",
            "manifest.layers: expected an array, found nothing"),
        Arguments.of(
            MANIFEST.replace("[{", "[null,{"),
            "manifest.layers[0]: expected an object, found null"),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':-3"),
            "manifest.layers[0].size: expected an integer of at least 0, found -3"),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':3.5"),
            "manifest.layers[0].size: expected an integer, found 3.5"),
        Arguments.of(
            MANIFEST.replace(",'size':3", ""),
            "manifest.layers[0].size: expected an integer, found nothing"),
        Arguments.of(
            MANIFEST.replace("'size':2", "'size':2,'size':2"),
            "manifest.config.size: expected valid JSON, found: Duplicate field"),
        Arguments.of(
            MANIFEST.replace("[{", "[" + LAYER.replace(D.toString(), "sha256:abc") + ",{"),
            "manifest.layers[0].digest: expected a digest, found \"sha256:abc\""),
        Arguments.of(
            MANIFEST.replace("'application/vnd.oci.image.layer.v1.tar+gzip'", "'tar'"),
            "manifest.layers[0].mediaType: expected a media type, found \"tar\""),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':3,'annotations':{'a.b':1}"),
            "manifest.layers[0].annotations[\"a.b\"]: expected a string, found 1"),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':3,'data':'e30='"),
            "manifest.layers[0].data: expected the content in base64"),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':3,'data':'?'"),
            "manifest.layers[0].data: expected the content in base64"),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':3,'platform':{'os':'linux'}"),
            "manifest.layers[0].platform.architecture: expected a string, found nothing"),
        Arguments.of(
            MANIFEST.replace("'size':3", "'size':3,'urls':'x'"),
            "manifest.layers[0].urls: expected an array"),
        Arguments.of(MANIFEST + "{}", "manifest: expected valid JSON"));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void rejectsInvalidDocumentsAndNamesTheField(String text, String message) {
    assertThatThrownBy(() -> RootDocument.parse(json(text)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void rejectsADocumentThatIsNotWhatItsDescriptorSays() {
    assertThatThrownBy(() -> RootDocument.parse(json(MANIFEST), MediaTypes.OCI_INDEX))
        .hasMessageContaining("manifest.mediaType: expected \"" + MediaTypes.OCI_INDEX + "\"");
  }

  @Test
  void anIndexSelectsByPlatform() {
    Descriptor amd64 = descriptor('a').withPlatform(new Platform("linux", "amd64"));
    Descriptor armv6 = descriptor('b').withPlatform(new Platform("linux", "arm", "v6"));
    Descriptor armv7 = descriptor('c').withPlatform(new Platform("linux", "arm", "v7"));
    Descriptor attestation = descriptor('d').withPlatform(new Platform("unknown", "unknown"));
    Descriptor second = descriptor('e').withPlatform(new Platform("linux", "amd64"));
    Index index = Index.oci(List.of(attestation, amd64, armv6, armv7, second));

    assertThat(index.select(Platform.parse("linux/amd64"))).contains(amd64);
    assertThat(index.select(Platform.parse("linux/arm64"))).contains(armv7);
    assertThat(index.select(Platform.parse("linux/arm/v6"))).contains(armv6);
    assertThat(index.select(Platform.parse("linux/s390x"))).isEmpty();
    assertThat(RootDocument.parse(index.toBytes(), MediaTypes.OCI_INDEX)).isEqualTo(index);
  }

  @Test
  void anIndexEntryWithoutPlatformIsTheLastResort() {
    Descriptor plain = descriptor('a');
    Descriptor other = new Descriptor("application/x", D, 1);
    Descriptor amd64 = descriptor('b').withPlatform(new Platform("linux", "amd64"));

    assertThat(Index.docker(List.of(other, plain, amd64)).select(Platform.parse("linux/amd64")))
        .contains(amd64);
    assertThat(Index.docker(List.of(other, plain, amd64)).select(Platform.parse("linux/s390x")))
        .contains(plain);
  }

  @Test
  void equalValuesGiveEqualBytes() {
    Descriptor one = descriptor('a').withAnnotations(Map.of("x", "1", "y", "2", "z", "3"));
    Descriptor two = descriptor('a').withAnnotations(Map.of("z", "3", "x", "1", "y", "2"));

    assertThat(Manifest.docker(one, List.of(one)).toBytes())
        .isEqualTo(Manifest.docker(two, List.of(two)).toBytes());
  }

  @Test
  void knowsItsMediaTypes() {
    assertThat(List.of(MediaTypes.OCI_LAYER, MediaTypes.DOCKER_FOREIGN_LAYER))
        .allMatch(MediaTypes::isTar)
        .allMatch(MediaTypes::isLayer);
    assertThat(List.of(MediaTypes.OCI_LAYER_GZIP, MediaTypes.DOCKER_LAYER_GZIP))
        .allMatch(MediaTypes::isGzip)
        .noneMatch(MediaTypes::isNondistributable);
    assertThat(MediaTypes.isZstd(MediaTypes.OCI_LAYER_ZSTD)).isTrue();
    assertThat(MediaTypes.isNondistributable(MediaTypes.OCI_FOREIGN_LAYER_ZSTD)).isTrue();
    assertThat(MediaTypes.isDocker(MediaTypes.DOCKER_CONFIG)).isTrue();
    assertThat(MediaTypes.isDocker(MediaTypes.OCI_CONFIG)).isFalse();
    assertThat(MediaTypes.isLayer(MediaTypes.OCI_EMPTY)).isFalse();
  }

  @Test
  void valuesAreCheckedWhenMade() {
    assertThatThrownBy(() -> new Descriptor("application/x", D, -1))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> descriptor('a').withContent(new byte[] {'b'}))
        .isInstanceOf(InvalidInputException.class);
    assertThat(descriptor('a').withContent(new byte[] {'a'}).content()).isPresent();
  }

  private static Descriptor descriptor(char content) {
    return Descriptor.of(MediaTypes.OCI_MANIFEST, new byte[] {(byte) content});
  }
}
