package io.berth.testcontainers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.testcontainers.containers.GenericContainer;

/** Small containers for the tests of this package. */
final class Apps {
  private Apps() {}

  /** A shell of busybox that runs a script. */
  static GenericContainer<?> shell(String script) {
    return new GenericContainer<>(Offline.BUSYBOX).withCommand("sh", "-c", script);
  }

  /** Does nothing until it is stopped. */
  static GenericContainer<?> idle() {
    return shell("trap exit TERM; sleep 1000 & wait");
  }

  /** A web server on port 8080, after a script. */
  static GenericContainer<?> web(String before) {
    return shell("mkdir -p /www; " + before + "; exec httpd -f -p 8080 -h /www")
        .withExposedPorts(8080);
  }

  /** What a web server's container answers. */
  static String get(GenericContainer<?> web, int port, String path) {
    URI address = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(port) + path);
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
