package io.berth.registry.server;

import static io.berth.registry.server.RegistryClient.blobs;
import static io.berth.registry.server.RegistryClient.bytes;
import static io.berth.registry.server.RegistryClient.errorCode;
import static io.berth.registry.server.RegistryClient.header;
import static io.berth.registry.server.RegistryClient.json;
import static io.berth.registry.server.RegistryClient.manifests;
import static org.assertj.core.api.Assertions.assertThat;

import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The workflows "pull", "content discovery" and "content management" of the distribution-spec. */
class PullTest {
  private static final byte[] NOTHING = {};

  @TempDir Path directory;
  private RegistryServer registry;
  private RegistryClient client;

  @BeforeEach
  void start() {
    registry = RegistryServer.builder().directory(directory).start();
    client = new RegistryClient(registry.uri());
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private static List<String> strings(HttpResponse<byte[]> response, String field) {
    return json(response).strings(field);
  }

  @Test
  void answersTheVersionCheck() {
    HttpResponse<byte[]> answer = client.get("/v2/");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    assertThat(client.get("/v1/").statusCode()).isEqualTo(404);
    assertThat(client.send("PUT", "/v2/a/tags/list", NOTHING).statusCode()).isEqualTo(405);
  }

  @Test
  void givesBlobsAndTheirHeaders() {
    Digest digest = client.pushBlob("a", bytes("0123456789"));
    Digest empty = client.pushBlob("a", NOTHING);

    HttpResponse<byte[]> got = client.get(blobs("a", digest));
    HttpResponse<byte[]> head = client.send("HEAD", blobs("a", digest), NOTHING);

    assertThat(got.body()).isEqualTo(bytes("0123456789"));
    assertThat(header(got, "Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(header(head, "Content-Length")).isEqualTo("10");
    assertThat(client.get(blobs("a", empty)).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, 206, 0123, bytes 0-3/10",
    "bytes=4-, 206, 456789, bytes 4-9/10",
    "bytes=-2, 206, 89, bytes 8-9/10",
    "bytes=-20, 206, 0123456789, bytes 0-9/10",
    "bytes=8-100, 206, 89, bytes 8-9/10",
    "bytes=10-, 416, '', bytes */10",
    "bytes=5-4, 416, '', bytes */10",
    "bytes=-0, 416, '', bytes */10",
    "'bytes=0-1,3-4', 200, 0123456789, ''",
    "lines=0-1, 200, 0123456789, ''",
    "bytes=-, 200, 0123456789, ''",
  })
  void givesPartsOfBlobs(String range, int status, String content, String contentRange) {
    Digest digest = client.pushBlob("a", bytes("0123456789"));

    HttpResponse<byte[]> part = client.get(blobs("a", digest), "Range", range);

    assertThat(part.statusCode()).isEqualTo(status);
    assertThat(part.body()).isEqualTo(bytes(content));
    assertThat(header(part, "Content-Range")).isEqualTo(contentRange);
  }

  @Test
  void namesWhatIsNotThere() {
    Digest digest = client.pushBlob("a", bytes("x"));

    assertThat(errorCode(client.get(blobs("b", digest)))).isEqualTo("BLOB_UNKNOWN");
    assertThat(errorCode(client.get(blobs("b", "sha256:12")))).isEqualTo("DIGEST_INVALID");
    assertThat(errorCode(client.get(manifests("a", "x")))).isEqualTo("MANIFEST_UNKNOWN");
    assertThat(errorCode(client.get(manifests("a", digest)))).isEqualTo("MANIFEST_UNKNOWN");
    assertThat(errorCode(client.get(manifests("a", "-x")))).isEqualTo("TAG_INVALID");
    assertThat(errorCode(client.get("/v2/a/tags/list"))).isEqualTo("NAME_UNKNOWN");
    assertThat(client.send("HEAD", manifests("a", "x"), NOTHING).statusCode()).isEqualTo(404);
  }

  @Test
  void listsTagsPageByPage() {
    List.of("b", "c", "a", "d").forEach(tag -> client.pushImage("x/y", tag, "same"));

    HttpResponse<byte[]> all = client.get("/v2/x/y/tags/list");
    HttpResponse<byte[]> first = client.get("/v2/x/y/tags/list?n=3");
    String next = header(first, "Link");
    HttpResponse<byte[]> last = client.get(next.substring(1, next.indexOf('>')));

    assertThat(json(all).string("name")).isEqualTo("x/y");
    assertThat(strings(all, "tags")).containsExactly("a", "b", "c", "d");
    assertThat(strings(first, "tags")).containsExactly("a", "b", "c");
    assertThat(next).isEqualTo("</v2/x/y/tags/list?n=3&last=c>; rel=\"next\"");
    assertThat(strings(last, "tags")).containsExactly("d");
    assertThat(header(last, "Link")).isEmpty();
    assertThat(strings(client.get("/v2/x/y/tags/list?n=0"), "tags")).isEmpty();
    assertThat(errorCode(client.get("/v2/x/y/tags/list?n=x")))
        .isEqualTo("PAGINATION_NUMBER_INVALID");
  }

  @Test
  void listsRepositoriesPageByPage() {
    List.of("b", "a/blobs/uploads", "a", "c/manifests")
        .forEach(name -> client.pushImage(name, "1", "same"));

    HttpResponse<byte[]> all = client.get("/v2/_catalog");
    HttpResponse<byte[]> first = client.get("/v2/_catalog?n=2");

    assertThat(strings(all, "repositories"))
        .containsExactly("a", "a/blobs/uploads", "b", "c/manifests");
    assertThat(strings(first, "repositories")).containsExactly("a", "a/blobs/uploads");
    assertThat(header(first, "Link")).contains("last=a%2Fblobs%2Fuploads");
    assertThat(client.get(manifests("c/manifests", "1")).statusCode()).isEqualTo(200);
  }

  @Test
  void listsWhatRefersToAManifest() {
    Manifest image = client.image("a", "layer");
    Descriptor subject = image.descriptor();
    Manifest signature = referrer(image, subject, "application/x.signature");
    Manifest sbom = referrer(image, subject, "application/x.sbom");
    Manifest plain =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            Optional.empty(),
            image.config(),
            image.layers(),
            Optional.of(subject),
            Map.of());

    HttpResponse<byte[]> pushed =
        client.send(
            "PUT",
            manifests("a", "sig"),
            signature.toBytes(),
            "Content-Type",
            MediaTypes.OCI_MANIFEST);
    client.push("a", "sbom", sbom.toBytes(), MediaTypes.OCI_MANIFEST);
    client.push("a", "plain", plain.toBytes(), MediaTypes.OCI_MANIFEST);
    String path = "/v2/a/referrers/" + subject.digest();
    Index all = Index.parse(client.get(path).body());
    HttpResponse<byte[]> filtered = client.get(path + "?artifactType=application/x.sbom");
    client.delete(manifests("a", signature.descriptor().digest()));

    assertThat(header(pushed, "OCI-Subject")).isEqualTo(subject.digest().toString());
    assertThat(all.manifests())
        .extracting(each -> each.artifactType().orElseThrow())
        .containsExactlyInAnyOrder(
            "application/x.signature", "application/x.sbom", MediaTypes.OCI_CONFIG);
    assertThat(all.manifests())
        .contains(sbom.descriptor().withAnnotations(Map.of("about", "application/x.sbom")));
    assertThat(header(filtered, "OCI-Filters-Applied")).isEqualTo("artifactType");
    assertThat(Index.parse(filtered.body()).manifests())
        .extracting(Descriptor::digest)
        .containsExactly(sbom.descriptor().digest());
    assertThat(Index.parse(client.get(path).body()).manifests()).hasSize(2);
    assertThat(Index.parse(client.get("/v2/b/referrers/" + subject.digest()).body()).manifests())
        .isEmpty();
  }

  private static Manifest referrer(Manifest image, Descriptor subject, String type) {
    return new Manifest(
        MediaTypes.OCI_MANIFEST,
        Optional.of(type),
        image.config(),
        image.layers(),
        Optional.of(subject),
        Map.of("about", type));
  }

  @Test
  void deletesTagsManifestsAndBlobs() throws Exception {
    Digest manifest = client.pushImage("a", "1", "layer");
    client.pushImage("a", "2", "layer");
    client.pushImage("b", "1", "layer");
    Digest layer = Digest.sha256(bytes("layer"));

    assertThat(client.delete(manifests("a", "1")).statusCode()).isEqualTo(202);
    assertThat(client.get(manifests("a", "1")).statusCode()).isEqualTo(404);
    assertThat(client.get(manifests("a", "2")).statusCode()).isEqualTo(200);

    assertThat(client.delete(manifests("a", manifest)).statusCode()).isEqualTo(202);
    assertThat(client.get(manifests("a", "2")).statusCode()).isEqualTo(404);
    assertThat(client.get(manifests("a", manifest)).statusCode()).isEqualTo(404);
    assertThat(strings(client.get("/v2/a/tags/list"), "tags")).isEmpty();

    assertThat(client.delete(blobs("a", layer)).statusCode()).isEqualTo(202);
    assertThat(client.get(blobs("a", layer)).statusCode()).isEqualTo(404);
    assertThat(client.get(blobs("b", layer)).statusCode()).isEqualTo(200);
    assertThat(client.get(manifests("b", "1")).statusCode()).isEqualTo(200);

    for (String path : List.of(manifests("a", "1"), manifests("a", manifest), blobs("a", layer))) {
      assertThat(client.delete(path).statusCode()).as(path).isEqualTo(404);
    }
    client.delete(manifests("b", manifest));
    client.delete(blobs("b", layer));
    for (String repository : List.of("a", "b")) {
      client.delete(blobs(repository, Digest.sha256(bytes("{}"))));
    }
    try (Stream<Path> left = Files.list(directory.resolve("blobs/sha256"))) {
      assertThat(left).isEmpty();
    }
  }
}
