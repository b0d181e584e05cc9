package io.berth.registry.server;

import static io.berth.registry.server.RegistryClient.bytes;
import static io.berth.registry.server.RegistryClient.errorCode;
import static io.berth.registry.server.RegistryClient.header;
import static io.berth.registry.server.RegistryClient.manifests;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryServerTest {
  @TempDir Path directory;

  private RegistryServer.Builder builder() {
    return RegistryServer.builder().directory(directory.resolve("registry"));
  }

  @Test
  void keepsWhatWasPushedForTheNextServer() {
    Digest manifest;
    try (RegistryServer registry = builder().start()) {
      manifest = new RegistryClient(registry.uri()).pushImage("team/app", "1", "layer");
    }

    try (RegistryServer registry = builder().start()) {
      RegistryClient client = new RegistryClient(registry.uri());
      assertThat(registry.address()).isEqualTo("localhost:" + registry.port());
      HttpResponse<byte[]> found = client.get(manifests("team/app", "1"));
      assertThat(header(found, "Docker-Content-Digest")).isEqualTo(manifest.toString());
    }
  }

  @Test
  void servesADirectoryOnce() {
    try (RegistryServer registry = builder().start()) {
      assertThatThrownBy(() -> builder().start())
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining(directory.toString());
      assertThatThrownBy(
              () ->
                  RegistryServer.builder()
                      .directory(directory.resolve("other"))
                      .port(registry.port())
                      .start())
          .isInstanceOf(BerthException.class)
          .hasMessageContaining(Integer.toString(registry.port()));
    }
    assertThatThrownBy(() -> RegistryServer.builder().start())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("directory");
  }

  @Test
  void letsOnlyItsUsersIn() {
    try (RegistryServer registry =
        builder().basicAuth("ann", "pass:word").basicAuth("bob", "ü").start()) {
      RegistryClient client = new RegistryClient(registry.uri());

      HttpResponse<byte[]> stranger = client.get("/v2/");
      byte[] large = new byte[20 << 20];
      HttpResponse<byte[]> upload = client.send("POST", "/v2/a/blobs/uploads/", large);

      assertThat(stranger.statusCode()).isEqualTo(401);
      assertThat(header(stranger, "WWW-Authenticate")).startsWith("Basic realm=");
      assertThat(errorCode(stranger)).isEqualTo("UNAUTHORIZED");
      assertThat(upload.statusCode()).isEqualTo(401);
      for (String wrong : List.of("ann:word", "bob:", "eve:x", "ann", "\0:\0")) {
        assertThat(client.get("/v2/", "Authorization", basic(wrong)).statusCode())
            .as(wrong)
            .isEqualTo(401);
      }
      assertThat(client.get("/v2/", "Authorization", "Basic %%%").statusCode()).isEqualTo(401);
      for (String right : List.of("ann:pass:word", "bob:ü")) {
        assertThat(client.get("/v2/", "Authorization", basic(right)).statusCode()).isEqualTo(200);
      }
    }
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(bytes(pair));
  }

  @Test
  void servesHttps() throws Exception {
    Path store = directory.resolve("keys.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin/keytool");
    Process process =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "registry",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "secret")
            .redirectErrorStream(true)
            .start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    byte[] certificate = keys.getCertificate("registry").getEncoded();
    byte[] key = keys.getKey("registry", "secret".toCharArray()).getEncoded();
    Path certificateFile = pem("CERTIFICATE", certificate);
    Path keyFile = pem("PRIVATE KEY", key);
    byte[] content = new byte[5_000_000];
    new Random(3).nextBytes(content);

    try (RegistryServer registry = builder().tls(certificateFile, keyFile).start()) {
      HttpClient http = HttpClient.newBuilder().sslContext(trusting(keys)).build();
      RegistryClient client = new RegistryClient(registry.uri(), http);
      Digest digest = client.pushBlob("a", content);

      assertThat(registry.uri().getScheme()).isEqualTo("https");
      assertThat(client.get(RegistryClient.blobs("a", digest)).body()).isEqualTo(content);
    }
    assertThatThrownBy(() -> builder().tls(keyFile, certificateFile))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(keyFile.toString());
  }

  private Path pem(String type, byte[] der) throws Exception {
    String text =
        "-----BEGIN "
            + type
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + type
            + "-----\n";
    return Files.writeString(directory.resolve(type.replace(' ', '-') + ".pem"), text);
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("registry", keys.getCertificate("registry"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void answersRequestsThatComeBeforeTheLastAnswer() throws Exception {
    try (RegistryServer registry = builder().start();
        Socket socket = new Socket("localhost", registry.port())) {
      String one = "GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n";
      String last = "GET /v2/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

      socket.getOutputStream().write(bytes(one.repeat(50) + last));
      String answers = new String(socket.getInputStream().readAllBytes());

      assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(51);
      assertThat(answers.split("HTTP/1.1 404 Not Found", -1)).hasSize(2);
    }
  }

  @Test
  void refusesWhatIsNotHttp() throws Exception {
    try (RegistryServer registry = builder().start()) {
      for (String text : List.of("hello\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n")) {
        try (Socket socket = new Socket("localhost", registry.port())) {
          socket.getOutputStream().write(bytes(text));
          assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 400");
        }
      }
    }
  }

  @Test
  void takesTheSameContentFromManyAtOnce() throws Exception {
    byte[] content = new byte[2_000_000];
    new Random(5).nextBytes(content);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (RegistryServer registry = builder().start()) {
      RegistryClient client = new RegistryClient(registry.uri());
      Digest digest = Digest.sha256(content);
      List<Callable<Integer>> pushes = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String path = "/v2/r" + i % 4 + "/blobs/uploads/?digest=" + digest;
        pushes.add(() -> client.send("POST", path, content).statusCode());
      }

      List<Integer> codes = new ArrayList<>();
      for (Future<Integer> push : pool.invokeAll(pushes)) {
        codes.add(push.get());
      }

      assertThat(codes).isEqualTo(Collections.nCopies(16, 201));
      assertThat(client.get(RegistryClient.blobs("r3", digest)).body()).isEqualTo(content);
    } finally {
      pool.shutdownNow();
    }
  }
}
