package io.berth.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.server.Ran;
import io.berth.server.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** docker-compose brings up services that find each other by name. */
@Timeout(180)
class ComposeIT {
  /** A store that keeps what it is sent on a volume, and a page that shows it. */
  private static final String FILE =
      """
      version: "3.4"
      services:
        store:
          image: busybox:test
          init: true
          command: ["sh", "-c", "echo kept > /data/value; while :; do nc -l -p 7000 < /data/value; done"]
          volumes: ["data:/data"]
          networks: [back]
          healthcheck:
            test: ["CMD", "test", "-f", "/data/value"]
            interval: 1s
        web:
          build: web
          depends_on: [store]
          environment:
            STORE: store
          ports: ["80"]
          networks: [back]
      networks:
        back: {}
      volumes:
        data: {}
      """;

  private static final String DOCKERFILE =
      """
      FROM busybox:test
      CMD echo ready; mkdir /www; until nc $STORE 7000 > /www/index.html && test -s /www/index.html; \
      do sleep 0.1; done; exec httpd -f -p 80 -h /www
      """;

  @RegisterExtension static final Served SERVED = new Served();

  @TempDir private Path directory;

  @BeforeEach
  void writeFile() throws IOException {
    Files.writeString(directory.resolve("docker-compose.yml"), FILE);
    Files.writeString(
        Files.createDirectory(directory.resolve("web")).resolve("Dockerfile"), DOCKERFILE);
  }

  private String compose(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "docker-compose",
                "--project-name",
                "pair",
                "--file",
                directory.resolve("docker-compose.yml").toString()));
    command.addAll(List.of(arguments));
    Ran ran = SERVED.run(command);
    assertThat(ran.code()).as(String.join(" ", arguments) + ": " + ran.err()).isZero();
    return ran.out();
  }

  @Test
  void bringsTwoServicesUpAndDown() throws Exception {
    compose("build");
    compose("up", "-d");
    try {
      assertThat(compose("ps", "-q").lines()).hasSize(2);
      assertThat(compose("port", "web", "80")).contains(":");
      assertThat(page()).isEqualTo("kept");
      assertThat(compose("logs", "--no-color", "web")).contains("ready");
      assertThat(compose("exec", "-T", "store", "cat", "/data/value")).isEqualTo("kept\n");
      compose("up", "-d", "--scale", "web=3");
      assertThat(compose("ps", "-q", "web").lines()).hasSize(3);
      assertThat(compose("top", "store")).contains("nc -l");
      compose("stop", "-t", "0", "web");
      compose("start", "web");
      compose("restart", "-t", "0", "store");
      assertThat(compose("run", "--rm", "-T", "store", "cat", "/data/value")).isEqualTo("kept\n");
      assertThat(compose("up", "-d", "--scale", "web=1")).isNotNull();
      assertThat(compose("images", "-q")).isNotBlank();
    } finally {
      compose("down", "-v", "--rmi", "local", "-t", "0");
    }
    assertThat(SERVED.engine().containers().list()).isEmpty();
    assertThat(SERVED.engine().volumes().list()).isEmpty();
    assertThat(SERVED.engine().networks().find("pair_back")).isEmpty();
  }

  /** What web shows, asked by its name from a container of its network. */
  private static String page() throws IOException, InterruptedException {
    return SERVED.ok(
        "run",
        "--rm",
        "--network",
        "pair_back",
        "busybox:test",
        "sh",
        "-c",
        "for i in $(seq 100); do printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc web 80 > /out 2>/dev/null"
            + " && grep -q kept /out && break; sleep 0.2; done; tail -n 1 /out");
  }
}
