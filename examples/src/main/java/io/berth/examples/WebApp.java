package io.berth.examples;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.api.Wait;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** A web application of two containers: a front that is published, and data behind it. */
public final class WebApp {
  /** A CGI program that asks the other container, by its name. */
  private static final String FRONT =
      """
      mkdir -p /www/cgi-bin
      cat > /www/cgi-bin/page <<'END'
      #!/bin/sh
      echo "Content-Type: text/plain"
      echo
      echo "the front says: $(wget -q -O - http://data:8080/)"
      END
      chmod +x /www/cgi-bin/page
      exec httpd -f -p 8080 -h /www
      """;

  private static final String DATA =
      "mkdir /www; echo 'data from behind' > /www/index.html; exec httpd -f -p 8080 -h /www";

  private WebApp() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    try (Engine berth = Berth.open()) {
      Network network = berth.networks().create("web-app").execute();
      try (Container data =
              berth
                  .containers()
                  .create("busybox")
                  .name("data")
                  .network(network)
                  .command("sh", "-c", DATA)
                  .start();
          Container front =
              berth
                  .containers()
                  .create("busybox")
                  .network(network)
                  .publish(8080)
                  .command("sh", "-c", FRONT)
                  .start()) {
        data.waitFor(Wait.forPort(8080));
        front.waitFor(Wait.forPort(8080));
        int port = front.ports().get(0).hostPort();
        URI page = URI.create("http://127.0.0.1:" + port + "/cgi-bin/page");
        System.out.print(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .body());
      } finally {
        network.remove();
      }
    }
  }
}
