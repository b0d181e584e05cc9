package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.berth.error.InvalidInputException;
import io.berth.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that wants a certificate of its clients, whose own is of a private authority. */
class CertificatesTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path directory;
  private HttpsServer server;
  private String address;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
    selfSigned("server", "rsa:2048");
    selfSigned("client", "rsa:2048");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    SSLContext context = serverContext();
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = context.getDefaultSSLParameters();
            ssl.setNeedClientAuth(true);
            parameters.setSSLParameters(ssl);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    address = "127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  private void selfSigned(String name, String key) throws Exception {
    openssl(
        "req -x509 -nodes -days 2 -subj /CN=" + name + " -addext subjectAltName=IP:127.0.0.1",
        "-newkey",
        key,
        "-keyout",
        file(name + ".key"),
        "-out",
        file(name + ".crt"));
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private static void openssl(String words, String... more) throws Exception {
    List<String> line = new java.util.ArrayList<>(List.of("openssl"));
    line.addAll(List.of(words.split(" ")));
    line.addAll(List.of(more));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  private SSLContext serverContext() throws Exception {
    openssl(
        "pkcs12 -export -passout pass:changeit",
        "-inkey",
        file("server.key"),
        "-in",
        file("server.crt"),
        "-out",
        file("server.p12"));
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve("server.p12"))) {
      own.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    KeyStore clients = KeyStore.getInstance("PKCS12");
    clients.load(null, PASSWORD);
    try (InputStream in = Files.newInputStream(directory.resolve("client.crt"))) {
      clients.setCertificateEntry(
          "client", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(clients);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** Docker's layout, with the authority and, when there is one, the client's key. */
  private Path layout(String name, Path clientKey) throws IOException {
    Path own = Files.createDirectories(directory.resolve(name).resolve(address));
    Files.copy(directory.resolve("server.crt"), own.resolve("ca.crt"));
    if (clientKey != null) {
      Files.copy(directory.resolve("client.crt"), own.resolve("client.cert"));
      Files.copy(clientKey, own.resolve("client.key"));
    }
    return directory.resolve(name);
  }

  private boolean finds(Path certificates) {
    RegistryOptions options =
        RegistryOptions.defaults()
            .withCredentials(CredentialSource.none())
            .withCertificateDirectories(List.of(certificates))
            .withRetries(new Retries(1, Duration.ZERO, Duration.ZERO));
    try (RegistryClient client = RegistryClient.open(options)) {
      return client.find(Reference.parse(address + "/x/y")).isPresent();
    }
  }

  @Test
  void aClientShowsItsCertificateInEachFormOfItsKey() throws Exception {
    openssl("rsa -traditional", "-in", file("client.key"), "-out", file("client-pkcs1.key"));

    assertThat(finds(layout("pkcs8", directory.resolve("client.key")))).isFalse();
    assertThat(finds(layout("pkcs1", directory.resolve("client-pkcs1.key")))).isFalse();
    assertThatThrownBy(() -> finds(layout("none", null))).isInstanceOf(RegistryException.class);
  }

  @Test
  void aKeyThatCannotBeReadSaysHowToConvertIt() throws Exception {
    openssl("ec -aes128 -passout pass:secret", "-in", ecKey(), "-out", file("encrypted.key"));

    assertThatThrownBy(() -> finds(layout("encrypted", directory.resolve("encrypted.key"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
  }

  private String ecKey() throws Exception {
    openssl("ecparam -genkey -name prime256v1", "-out", file("ec.key"));
    return file("ec.key");
  }

  @Test
  void anAuthorityOfTheOptionsIsTrustedAndNoOther() throws Exception {
    Path authority = directory.resolve("server.crt");
    Path other = directory.resolve("client.crt");

    assertThat(handshake(new Certificates(List.of(authority), List.of()), true)).isTrue();
    assertThat(handshake(new Certificates(List.of(other), List.of()), true)).isFalse();
    assertThat(handshake(new Certificates(List.of(), List.of()), true)).isFalse();
    assertThat(handshake(new Certificates(List.of(), List.of()), false)).isTrue();
  }

  /** Whether the server's certificate is taken; what the server says of ours comes later. */
  private boolean handshake(Certificates certificates, boolean check) throws IOException {
    SSLContext context = certificates.contextFor(address, check);
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
      socket.startHandshake();
      return true;
    } catch (SSLException e) {
      return false;
    }
  }
}
