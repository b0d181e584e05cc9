package io.berth.server.buildkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Image;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.server.Served;
import io.berth.server.UnixHttp;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import io.berth.server.peer.Bodies;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Builds of a client that speaks BuildKit's gRPC. */
class BuildKitIT {
  @RegisterExtension static final Served SERVED = new Served();

  private static FakeBuildx client() throws Exception {
    return new FakeBuildx(SERVED.socket());
  }

  private static SentFile dockerfile(String text) {
    return SentFile.file("Dockerfile", text);
  }

  @Test
  void buildsADirectoryOfTheClient() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nCOPY . /app\nRUN cat /app/d/hello"))
          .lend(
              "context",
              SentFile.directory("d"),
              SentFile.file("d/empty", ""),
              SentFile.file("d/hello", "hello of the client"),
              SentFile.symlink("link", "d/hello"))
          .open();

      Map<String, String> response =
          client.build(Map.of("filename", "Dockerfile", "label:a", "b"), "moby", "one,two:2");

      Image image = SERVED.engine().images().get("one:latest");
      assertThat(response)
          .containsEntry("containerimage.digest", image.id().toString())
          .containsEntry("image.name", "docker.io/library/one:latest,docker.io/library/two:2");
      assertThat(SERVED.engine().images().get("two:2").id()).isEqualTo(image.id());
      assertThat(image.config().config().labels()).containsEntry("a", "b");
      assertThat(client.vertices())
          .contains("[internal] load build context", "[3/4] RUN cat /app/d/hello")
          .last()
          .isEqualTo("exporting to image");
      assertThat(client.log()).contains("hello of the client");
    }
  }

  @Test
  void tellsWhereInTheDockerfileABuildFails() throws Exception {
    try (FakeBuildx client = client()) {
      client.lend("dockerfile", dockerfile("FROM busybox:test\nRUN exit 3")).lend("context").open();

      assertThatThrownBy(() -> client.build(Map.of(), "moby", "failed"))
          .isInstanceOf(GrpcException.class)
          .hasMessageContaining("exit code 3");

      assertThat(SERVED.engine().images().find("failed")).isEmpty();
    }
  }

  @Test
  void refusesFilesOutsideOfWhatIsSent() throws Exception {
    for (String path : new String[] {"../up", "/etc/passwd", "a/../../up", "a//b", "."}) {
      try (FakeBuildx client = client()) {
        client
            .lend("dockerfile", dockerfile("FROM busybox:test\nCOPY . /"))
            .lend("context", SentFile.file(path, "attack"))
            .open();

        assertThatThrownBy(() -> client.build(Map.of(), "moby", "attack"))
            .as(path)
            .isInstanceOf(GrpcException.class)
            .hasMessageContaining("\"" + path + "\"");
      }
    }
  }

  @Test
  void endsABuildWhoseSessionGoesAway() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nRUN echo begun; sleep 1000"))
          .lend("context")
          .open();

      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  client.build(Map.of(), "moby", "gone");
                  return null;
                } catch (Exception e) {
                  return e;
                }
              });
      while (!client.log().contains("begun")) {
        Thread.sleep(10);
      }
      client.closeSession();

      assertThat(failure.get()).hasMessageContaining("cancelled");
      assertThat(SERVED.engine().images().find("gone")).isEmpty();
    }
  }

  @Test
  void asksForWhatIsNeededAlone() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nCOPY . /app\nRUN ls /app"))
          .lend("context", SentFile.file(".dockerignore", "# all but\n*.log\n!keep.log\n"))
          .open();

      client.build(Map.of(), "moby", "ignored");

      assertThat(client.asked)
          .containsExactly(
              "dockerfile follow Dockerfile",
              "context follow .dockerignore",
              "context exclude *.log");
    }
    try (FakeBuildx client = client()) {
      client.lend("dockerfile", dockerfile("FROM busybox:test\nRUN echo no files")).open();

      client.build(Map.of(), "moby", "nofiles");

      assertThat(client.asked).containsExactly("dockerfile follow Dockerfile");
    }
  }

  @Test
  void lendsStepsTheSecretsOfTheClient() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend(
              "dockerfile",
              dockerfile(
                  "FROM busybox:test\n"
                      + "RUN --mount=type=secret,id=a tr a-z A-Z < /run/secrets/a\n"
                      + "RUN --mount=type=secret,id=none test ! -e /run/secrets/none\n"))
          .offer(
              "/moby.buildkit.secrets.v1.Secrets/GetSecret",
              call -> {
                if (!call.request().text(1).equals("a")) {
                  throw new GrpcException(GrpcException.Code.NOT_FOUND, "not found");
                }
                call.send(new ProtoWriter().text(1, "sesame"));
              })
          .open();

      client.build(Map.of("no-cache", ""), "moby", "secret");

      assertThat(client.log()).contains("SESAME");
    }
  }

  @Test
  void buildsWhatTheClientReadsFromItsInput() throws Exception {
    byte[] tar = Bodies.tar(Map.of("Dockerfile", "FROM busybox:test\nCOPY f /\n", "f", "text"));
    try (FakeBuildx client = client()) {
      client
          .offer(
              "/moby.upload.v1.Upload/Pull",
              call -> {
                assertThat(call.header("urlpath")).contains("/abc");
                call.send(new ProtoWriter().bytes(1, tar));
              })
          .open();

      client.build(Map.of("context", "http://buildkit-session/abc"), "moby", "input");

      assertThat(SERVED.ok("run", "--rm", "input", "cat", "/f")).isEqualTo("text");
    }
  }

  @Test
  void givesTheFilesOfAResultToTheClientAndKeepsNothing() throws Exception {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM scratch\nCOPY . /\n"))
          .lend("context", SentFile.file("only", "content"))
          .offer(
              FileSend.PATH,
              call -> {
                for (Optional<ProtoMessage> m = call.receive(); m.isPresent(); m = call.receive()) {
                  tar.writeBytes(m.get().bytes(1));
                }
              })
          .open();
      int before = SERVED.engine().images().list().size();

      client.build(Map.of(), "tar", "");

      TarReader reader = new TarReader(new ByteArrayInputStream(tar.toByteArray()));
      assertThat(reader.next().map(TarEntry::name)).contains("only");
      assertThat(SERVED.engine().images().list()).hasSize(before);
      assertThat(SERVED.engine().containers().list()).isEmpty();
    }
  }

  @Test
  void usesASessionWithinACall() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nCOPY f /\n"))
          .lend("context", SentFile.file("f", "x".repeat(3_000_000)))
          .openInCall();

      client.build(Map.of(), "moby", "tunnel");

      assertThat(SERVED.ok("run", "--rm", "tunnel", "wc", "-c", "/f")).isEqualTo("3000000 /f");
    }
  }

  @Test
  void saysWhatItDoesNotOffer() throws Exception {
    try (FakeBuildx client = client()) {
      assertThatThrownBy(() -> client.server().call("/nope.Service/Call", new ProtoWriter()))
          .isInstanceOf(GrpcException.class)
          .hasMessageContaining("does not offer /nope.Service/Call");
      assertThatThrownBy(
              () -> client.solve("r1", new ProtoWriter().text(6, "exotic.v0"), "moby", "x"))
          .hasMessageContaining("Berth builds Dockerfiles");
    }
  }

  @Test
  void buildsForClientsWithoutGrpc() throws Exception {
    try (FakeBuildx client = client()) {
      client
          .lend("dockerfile", dockerfile("FROM busybox:test\nARG a\nCOPY f /\nRUN echo $a"))
          .lend("context", SentFile.file("f", "text"))
          .open();
      String query = "version=2&remote=client-session&session=" + client.session();

      String lines =
          SERVED
              .ask("POST", "/build?" + query + "&t=old:1&buildargs=%7B%22a%22:%22b%22%7D", "")
              .text();
      String failed = SERVED.ask("POST", "/build?" + query + "&target=nope", "").text();

      assertThat(lines)
          .contains("\"id\":\"moby.buildkit.trace\"")
          .contains("\"moby.image.id\"")
          .contains(SERVED.engine().images().get("old:1").id().toString());
      CompletableFuture<String> input =
          CompletableFuture.supplyAsync(
              () -> {
                String upload = "/build?version=2&session=%s&remote=upload-request&buildid=u&t=up";
                return ask(upload.formatted(client.session()), new byte[0]);
              });
      ask(
          "/build?version=2&buildid=upload-request:u",
          Bodies.tar(Map.of("Dockerfile", "FROM busybox:test\nCOPY f /\n", "f", "up")));

      assertThat(input.get()).contains("moby.image.id");
      assertThat(SERVED.ok("run", "--rm", "up", "cat", "/f")).isEqualTo("up");
      assertThat(failed).contains("\"error\":\"").contains("No such stage: nope");
    }
  }

  private static String ask(String path, byte[] body) {
    try (UnixHttp http = new UnixHttp(SERVED.socket())) {
      http.send(
          "POST " + path + " HTTP/1.1\r\nHost: d\r\nContent-Length: " + body.length + "\r\n\r\n");
      return http.send(body).reply(false).text();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void endsConnectionsThatSpeakNoHttp2() throws Exception {
    for (String path : new String[] {"/grpc", "/session"}) {
      try (UnixHttp http = new UnixHttp(SERVED.socket())) {
        http.send(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                + "X-Docker-Expose-Session-Uuid: noise\r\n\r\n");
        assertThat(http.headers().status()).isEqualTo(101);

        http.send("GET / HTTP/1.1\r\n\r\n" + "noise ".repeat(100));

        http.readToEnd(); // It ends.
      }
    }
    assertThat(SERVED.ok("ps", "-q")).isEmpty();
  }

  @Test
  void refusesMessagesThatAreNone() throws Exception {
    try (FakeBuildx client = client()) {
      String path = "/moby.buildkit.v1.Control/Solve";
      byte[] cutShort = {0x0a, 0x7f};

      assertThatThrownBy(
              () -> client.server().call(path, new ProtoWriter().text(1, "bad").bytes(8, cutShort)))
          .isInstanceOf(GrpcException.class)
          .hasMessageContaining("malformed");
      assertThatThrownBy(
              () -> client.server().call(path, new ProtoWriter().bytes(1, new byte[17 << 20])))
          .isInstanceOf(GrpcException.class)
          .hasMessageContaining("longer than");
    }
  }
}
