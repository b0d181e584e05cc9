package io.berth.examples;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Wait;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A web server by an ordinary user: root in its container is that user outside, and its port is
 * published on localhost. Nothing has to be set up; the warnings say what this host lacks.
 */
public final class Rootless {
  private Rootless() {}

  /**
   * Runs it; {@code BERTH_ROOT} may name the data directory.
   *
   * @param args an archive with the image busybox, where there is no network to pull it
   */
  public static void main(String[] args) throws IOException {
    try (Engine berth = Berth.open()) {
      berth.warnings().forEach(warning -> System.err.println("warning: " + warning));
      for (String archive : args) {
        berth.images().load(java.nio.file.Path.of(archive)).execute();
      }
      try (Container web =
          berth
              .containers()
              .create("busybox")
              .publish(8080)
              .command("sh", "-c", "echo hello > /index.html; exec httpd -f -p 8080 -h /")
              .start()) {
        web.waitFor(Wait.forPort(8080));
        System.out.print("inside: " + web.exec("id", "-un").execute().stdout());
        System.out.println("outside: " + System.getProperty("user.name"));
        System.out.println("served: " + fetch(web.ports().get(0).hostPort()));
      }
    }
  }

  private static String fetch(int port) throws IOException {
    try (Socket socket = new Socket("localhost", port)) {
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String last = "";
      for (String line = answer.readLine(); line != null; line = answer.readLine()) {
        last = line;
      }
      return last;
    }
  }
}
