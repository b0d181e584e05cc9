package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://registry.example.com/v2/      | secure.test:3128
          http://registry.example.com/v2/       | plain.test:80
          https://localhost:5000/v2/            | direct
          https://127.0.0.9/v2/                 | direct
          http://[::1]:5000/v2/                 | direct
          https://internal.test/v2/             | direct
          https://deep.internal.test/v2/        | direct
          https://notinternal.test/v2/          | secure.test:3128
          https://dotted.test/v2/               | secure.test:3128
          https://below.dotted.test/v2/         | direct
          https://below.star.test/v2/           | direct
          https://10.1.2.3/v2/                  | direct
          https://11.1.2.3/v2/                  | secure.test:3128
          https://port.test:5000/v2/            | direct
          https://port.test/v2/                 | secure.test:3128
          https://[fd00::7]/v2/                 | direct
          https://[fe80::7]/v2/                 | direct
          """)
  void readsTheEnvironmentAsDockerDoes(URI target, String expected) {
    Proxies proxies =
        new Proxies(
            Map.of(
                "HTTPS_PROXY",
                "http://user:secret@secure.test:3128",
                "http_proxy",
                "plain.test",
                "NO_PROXY",
                "Internal.test, .dotted.test,*.star.test,10.0.0.0/8,port.test:5000,fd00::7,"
                    + "fe80::/10,10.0.0.0/99"),
            null);

    List<Proxy> found = proxies.select(target);

    assertThat(found).hasSize(1);
    if (expected.equals("direct")) {
      assertThat(found.get(0)).isEqualTo(Proxy.NO_PROXY);
    } else {
      InetSocketAddress address = (InetSocketAddress) found.get(0).address();
      assertThat(address.getHostString() + ":" + address.getPort()).isEqualTo(expected);
    }
  }

  @Test
  void starMeansNoProxyAtAll() {
    Proxies proxies =
        new Proxies(Map.of("HTTPS_PROXY", "http://proxy.test:1", "NO_PROXY", "*"), null);

    assertThat(proxies.select(URI.create("https://a.test"))).containsExactly(Proxy.NO_PROXY);
  }

  @Test
  void refusesWhatIsNoProxyWithoutShowingItsPassword() {
    assertThatThrownBy(
            () -> new Proxies(Map.of("HTTPS_PROXY", "ftp://user:secret@proxy.test"), null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageContaining("http://proxy.example.com:3128")
        .hasMessageNotContaining("secret");
  }

  @Test
  void callsGoThroughTheProxyWithItsCredentials() throws IOException {
    List<String> seen = new ArrayList<>();
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          String sent = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
          seen.add(exchange.getRequestURI() + " " + sent);
          byte[] answer = "through".getBytes(StandardCharsets.UTF_8);
          if (sent == null) {
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"proxy\"");
          }
          exchange.sendResponseHeaders(sent == null ? 407 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    proxy.start();
    String address = "http://me:my%2Bsecret@127.0.0.1:" + proxy.getAddress().getPort();
    Proxies proxies = new Proxies(Map.of("HTTP_PROXY", address), null);

    try (Transport transport =
            new Transport(new Certificates(List.of(), List.of()), new Insecure(Set.of()), proxies);
        Response response =
            transport.send(
                "GET", URI.create("http://registry.test:81/v2/"), Map.of(), Optional.empty())) {
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.bytes(100)).asString().isEqualTo("through");
    } finally {
      proxy.stop(0);
    }
    String credentials =
        "Basic "
            + Base64.getEncoder().encodeToString("me:my+secret".getBytes(StandardCharsets.UTF_8));
    assertThat(seen).last().asString().endsWith("http://registry.test:81/v2/ " + credentials);
  }
}
