package io.berth.registry.server;

import static io.berth.registry.server.RegistryClient.bytes;
import static io.berth.registry.server.RegistryClient.errorCode;
import static io.berth.registry.server.RegistryClient.header;
import static io.berth.registry.server.RegistryClient.location;
import static io.berth.registry.server.RegistryClient.manifests;
import static org.assertj.core.api.Assertions.assertThat;

import io.berth.json.Json;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import io.berth.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workflow "push" of the distribution-spec. */
class PushTest {
  private static final int LIMIT = 5_000_000;

  @TempDir Path directory;
  private final byte[] content = new byte[3_000_000];
  private Digest digest;
  private RegistryServer registry;
  private RegistryClient client;

  @BeforeEach
  void start() {
    new Random(7).nextBytes(content);
    digest = Digest.sha256(content);
    registry = RegistryServer.builder().directory(directory).maxBlobSize(LIMIT).start();
    client = new RegistryClient(registry.uri());
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private void assertPushed(String repository, Digest blob) {
    assertThat(client.get(RegistryClient.blobs(repository, blob)).body()).isEqualTo(content);
    assertThat(directory.resolve("ingest")).isEmptyDirectory();
  }

  private void assertNothingKept() throws IOException {
    assertThat(directory.resolve("ingest")).isEmptyDirectory();
    try (Stream<Path> blobs = Files.list(directory.resolve("blobs/sha256"))) {
      assertThat(blobs).isEmpty();
    }
  }

  @Test
  void takesABlobInOnePost() {
    HttpResponse<byte[]> response =
        client.send("POST", "/v2/a/b/blobs/uploads/?digest=" + digest, content);

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(location(response)).isEqualTo("/v2/a/b/blobs/" + digest);
    assertThat(header(response, "Docker-Content-Digest")).isEqualTo(digest.toString());
    assertPushed("a/b", digest);
  }

  @Test
  void takesABlobInPostAndPut() {
    for (Digest each : List.of(digest, Digest.sha512(content))) {
      HttpResponse<byte[]> response =
          client.send("PUT", client.begin("a/b") + "?digest=" + each, content);

      assertThat(response.statusCode()).isEqualTo(201);
      assertPushed("a/b", each);
    }
  }

  @Test
  void takesABlobInChunks() {
    String upload = client.begin("a/b");

    for (int at = 0; at < content.length; at += 1_000_000) {
      int end = Math.min(at + 1_000_000, content.length);
      HttpResponse<byte[]> response =
          client.send(
              "PATCH",
              upload,
              Arrays.copyOfRange(content, at, end),
              "Content-Range",
              at + "-" + (end - 1));
      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(header(response, "Range")).isEqualTo("0-" + (end - 1));
      upload = location(response);
    }
    HttpResponse<byte[]> done = client.send("PUT", upload + "?digest=" + digest, new byte[0]);

    assertThat(done.statusCode()).isEqualTo(201);
    assertPushed("a/b", digest);
  }

  @Test
  void takesABlobAsAStreamOfUnknownLength() {
    String upload = client.begin("a/b");

    HttpResponse<byte[]> sent =
        client.send(
            HttpRequest.newBuilder(client.uri(upload))
                .method(
                    "PATCH", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .build());
    HttpResponse<byte[]> done = client.send("PUT", upload + "?digest=" + digest, new byte[0]);

    assertThat(sent.statusCode()).isEqualTo(202);
    assertThat(done.statusCode()).isEqualTo(201);
    assertPushed("a/b", digest);
  }

  @Test
  void tellsAClientThatWaitsToGoOn() {
    HttpRequest request =
        HttpRequest.newBuilder(client.uri("/v2/a/b/blobs/uploads/?digest=" + digest))
            .POST(BodyPublishers.ofByteArray(content))
            .expectContinue(true)
            .build();

    assertThat(client.send(request).statusCode()).isEqualTo(201);
    assertPushed("a/b", digest);
  }

  @Test
  void saysWhereAnUploadStandsAndTakesNoOtherChunk() {
    String upload = client.begin("a/b");
    client.send("PATCH", upload, new byte[10], "Content-Range", "0-9");

    for (String range : List.of("0-9", "11-20", "20-11", "bytes 10-19", "x")) {
      HttpResponse<byte[]> refused =
          client.send("PATCH", upload, new byte[10], "Content-Range", range);
      assertThat(refused.statusCode()).as(range).isEqualTo(416);
      assertThat(header(refused, "Range")).isEqualTo("0-9");
      assertThat(location(refused)).isEqualTo(upload);
    }
    HttpResponse<byte[]> wrongLength =
        client.send("PATCH", upload, new byte[10], "Content-Range", "10-20");
    HttpResponse<byte[]> status = client.get(upload);

    assertThat(wrongLength.statusCode()).isEqualTo(400);
    assertThat(errorCode(wrongLength)).isEqualTo("SIZE_INVALID");
    assertThat(status.statusCode()).isEqualTo(204);
    assertThat(header(status, "Range")).isEqualTo("0-9");
  }

  @Test
  void goesOnAfterACut() throws Exception {
    String upload = client.begin("a/b");
    cut("PATCH " + upload, 1_234_567);

    long arrived = awaitIdle(upload);
    byte[] rest = Arrays.copyOfRange(content, (int) arrived, content.length);
    client.send("PATCH", upload, rest, "Content-Range", arrived + "-" + (content.length - 1));
    HttpResponse<byte[]> done = client.send("PUT", upload + "?digest=" + digest, new byte[0]);

    assertThat(done.statusCode()).isEqualTo(201);
    assertPushed("a/b", digest);
  }

  @Test
  void keepsNothingOfACutPost() throws Exception {
    for (int sent : List.of(0, 1, 100_000, 2_999_999)) {
      cut("POST /v2/a/b/blobs/uploads/?digest=" + digest, sent);
    }

    // None of them is begun or written any more.
    Await.pass(() -> assertThat(directory.resolve("ingest")).isEmptyDirectory());
    registry.close();
    assertNothingKept();
  }

  /** Sends the beginning of the content, and closes the connection. */
  private void cut(String request, int sent) throws IOException {
    try (Socket socket = new Socket("localhost", registry.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          bytes(
              request + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + content.length + "\r\n\r\n"));
      out.write(content, 0, sent);
      out.flush();
    }
  }

  private long awaitIdle(String upload) {
    // A chunk that cannot be right is refused with 409 for as long as the cut one is written, and
    // with the range 0-0 before that has begun.
    return Await.value(
        () -> {
          HttpResponse<byte[]> probe =
              client.send("PATCH", upload, new byte[1], "Content-Range", "4000000-4000000");
          assertThat(probe.statusCode()).isEqualTo(416);
          assertThat(header(probe, "Range")).isNotEqualTo("0-0");
          return Long.parseLong(header(probe, "Range").substring(2)) + 1;
        });
  }

  @Test
  void refusesWhatIsNotTheDigest() throws IOException {
    Digest other = Digest.sha256(bytes("other"));
    List<HttpResponse<byte[]>> answers =
        List.of(
            client.send("POST", "/v2/a/b/blobs/uploads/?digest=" + other, content),
            client.send("PUT", client.begin("a/b") + "?digest=" + other, content),
            client.send("PUT", client.begin("a/b") + "?digest=md5:00", content),
            client.send("POST", "/v2/a/b/blobs/uploads/?digest=sha256:xyz", content));

    for (HttpResponse<byte[]> answer : answers) {
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(errorCode(answer)).isEqualTo("DIGEST_INVALID");
    }
    registry.close();
    assertNothingKept();
  }

  @Test
  void refusesWhatIsTooLarge() throws IOException {
    byte[] large = new byte[LIMIT + 1];
    String repository = "/v2/a/b/blobs/uploads/";

    HttpResponse<byte[]> post =
        client.send("POST", repository + "?digest=" + Digest.sha256(large), large);
    HttpResponse<byte[]> patch = client.send("PATCH", client.begin("a/b"), large);

    assertThat(List.of(post.statusCode(), patch.statusCode())).containsOnly(413);
    assertThat(errorCode(post)).isEqualTo("SIZE_INVALID");
    assertNothingKept();
  }

  @Test
  void forgetsACancelledUpload() throws IOException {
    String upload = client.begin("a/b");
    client.send("PATCH", upload, content);

    assertThat(client.delete(upload).statusCode()).isEqualTo(204);

    assertThat(client.get(upload).statusCode()).isEqualTo(404);
    assertThat(errorCode(client.send("PATCH", upload, content))).isEqualTo("BLOB_UPLOAD_UNKNOWN");
    assertNothingKept();
  }

  @Test
  void mountsABlobFromAnotherRepository() {
    client.pushBlob("a/b", content);

    HttpResponse<byte[]> named = client.post("/v2/c/blobs/uploads/?mount=" + digest + "&from=a/b");
    HttpResponse<byte[]> any = client.post("/v2/d/blobs/uploads/?mount=" + digest);
    HttpResponse<byte[]> missing =
        client.post("/v2/e/blobs/uploads/?mount=" + Digest.sha256(bytes("other")) + "&from=a/b");

    assertThat(named.statusCode()).isEqualTo(201);
    assertThat(any.statusCode()).isEqualTo(201);
    assertThat(missing.statusCode()).isEqualTo(202);
    assertThat(location(missing)).startsWith("/v2/e/blobs/uploads/");
    assertThat(client.get(RegistryClient.blobs("c", digest)).body()).isEqualTo(content);
    assertThat(client.get(RegistryClient.blobs("d", digest)).body()).isEqualTo(content);
  }

  @Test
  void takesAManifestByTagDigestAndBoth() {
    Manifest image = client.image("a/b", "layer");
    byte[] manifest = image.toBytes();
    Digest name = Digest.sha256(manifest);

    HttpResponse<byte[]> tagged =
        client.send(
            "PUT", manifests("a/b", "1.0"), manifest, "Content-Type", MediaTypes.OCI_MANIFEST);
    HttpResponse<byte[]> digested =
        client.send(
            "PUT",
            manifests("a/b", name) + "?tag=x&tag=y",
            manifest,
            "Content-Type",
            MediaTypes.OCI_MANIFEST + "; charset=utf-8");

    assertThat(tagged.statusCode()).isEqualTo(201);
    assertThat(location(tagged)).isEqualTo(manifests("a/b", name));
    assertThat(digested.statusCode()).isEqualTo(201);
    assertThat(header(digested, "OCI-Tag").split(", ")).containsExactlyInAnyOrder("x", "y");
    for (Object reference : List.of("1.0", "x", "y", name)) {
      HttpResponse<byte[]> got = client.get(manifests("a/b", reference));
      assertThat(got.body()).isEqualTo(manifest);
      assertThat(header(got, "Content-Type")).isEqualTo(MediaTypes.OCI_MANIFEST);
    }
  }

  @Test
  void refusesBrokenManifests() {
    byte[] image = client.image("a/b", "layer").toBytes();
    Descriptor absent = Descriptor.of(MediaTypes.OCI_LAYER, bytes("absent"));
    byte[] incomplete =
        Manifest.oci(Descriptor.of(MediaTypes.OCI_CONFIG, bytes("{}")), List.of(absent)).toBytes();
    Map<byte[], String> cases =
        Map.of(
            bytes("{"),
            "MANIFEST_INVALID",
            bytes("[]"),
            "MANIFEST_INVALID",
            bytes("{\"schemaVersion\":1}"),
            "MANIFEST_INVALID",
            Index.oci(List.of()).toBytes(),
            "MANIFEST_INVALID",
            incomplete,
            "MANIFEST_BLOB_UNKNOWN");

    cases.forEach(
        (body, code) -> {
          HttpResponse<byte[]> answer =
              client.send(
                  "PUT", manifests("a/b", "x"), body, "Content-Type", MediaTypes.OCI_MANIFEST);
          assertThat(answer.statusCode()).isEqualTo(400);
          assertThat(errorCode(answer)).isEqualTo(code);
        });
    HttpResponse<byte[]> other =
        client.send("PUT", manifests("a/b", Digest.sha256(bytes("other"))), image);
    HttpResponse<byte[]> large =
        client.send("PUT", manifests("a/b", "x"), new byte[Json.MAX_BYTES + 1]);

    assertThat(errorCode(other)).isEqualTo("DIGEST_INVALID");
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(client.get("/v2/a/b/tags/list").statusCode()).isEqualTo(404);
  }

  @Test
  void refusesNamesThatCouldLeaveTheDirectory() throws IOException {
    for (String name :
        List.of("..%2f..%2fx", "a/../../x", "A/b", "_tags", "a/_blobs", "a//b", "%00", "a/.b")) {
      String path = "/v2/" + name + "/blobs/uploads/?digest=" + digest;
      try (Socket socket = new Socket("localhost", registry.port())) {
        socket.getOutputStream().write(bytes("POST " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"));
        InputStream in = socket.getInputStream();
        assertThat(new String(in.readNBytes(12))).as(name).isEqualTo("HTTP/1.1 400");
      }
    }
    HttpResponse<byte[]> tag = client.send("PUT", manifests("a", ".."), bytes("{}"));
    HttpResponse<byte[]> tmp = client.send("PUT", manifests("a", ".tmp-x"), bytes("{}"));

    assertThat(tag.statusCode()).isIn(400, 404);
    assertThat(errorCode(tmp)).isEqualTo("TAG_INVALID");
    assertThat(directory.resolve("repositories")).isEmptyDirectory();
  }
}
