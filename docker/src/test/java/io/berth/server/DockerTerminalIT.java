package io.berth.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.server.peer.Bodies;
import io.berth.testing.DockerRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The stock docker command on a terminal, which script(1) makes, and with registries. */
@Timeout(180)
class DockerTerminalIT {
  private static final String IMAGE = "busybox:test";

  @RegisterExtension static final Served SERVED = new Served();

  @TempDir private Path directory;

  /** Runs a command on a terminal and types. */
  private static Ran typed(String input, String command) throws Exception {
    return Ran.of(List.of("script", "-qec", command, "/dev/null"), input, SERVED.host());
  }

  @Test
  void givesContainersATerminal() throws Exception {
    Ran ran = typed("", "docker run -it --rm " + IMAGE + " sh -c 'tty; exit 5'");

    assertThat(ran.out()).contains("/dev/pts/0");
    assertThat(ran.code()).isEqualTo(5);
  }

  @Test
  void typesIntoContainers() throws Exception {
    Ran ran = typed("echo $((6 * 7))\nexit 3\n", "docker run -it --rm " + IMAGE + " sh");

    assertThat(ran.out()).contains("42");
    assertThat(ran.code()).isEqualTo(3);
  }

  @Test
  void detachesByKeys() throws Exception {
    SERVED.ok("run", "-dit", "--name", "kept", IMAGE, "cat");

    Ran ran = typed("\u0018x", "docker attach --detach-keys=ctrl-x,x kept");

    assertThat(ran.out()).contains("read escape sequence");
    assertThat(SERVED.ok("inspect", "-f", "{{.State.Running}}", "kept")).isEqualTo("true");
    Ran exec = typed("", "docker exec -it kept sh -c 'tty; exit 6'");
    assertThat(exec.out()).contains("/dev/pts/1");
    assertThat(exec.code()).isEqualTo(6);
    SERVED.ok("rm", "-f", "kept");
  }

  @Test
  void copiesThroughPipes() throws Exception {
    SERVED.ok("create", "--name", "piped", IMAGE);

    assertThat(SERVED.ok("cp", "piped:/etc/passwd", "-")).contains("root:x:0:0");
    String tar = new String(Bodies.tar(Map.of("f", "text")), StandardCharsets.US_ASCII);
    assertThat(SERVED.dockerReading(tar, "cp", "-", "piped:/tmp").code()).isZero();
    assertThat(SERVED.ok("cp", "piped:/tmp/f", "-")).contains("text");
    assertThat(SERVED.ok("diff", "piped")).contains("A /tmp/f");
    SERVED.ok("rm", "piped");
  }

  @Test
  void logsInAndOut() throws Exception {
    try (DockerRegistry registry = DockerRegistry.start(directory, true, false)) {
      String address = registry.address();
      assertThat(
              SERVED.ok("login", "-u", DockerRegistry.USER, "-p", DockerRegistry.PASSWORD, address))
          .contains("Login Succeeded");
      SERVED.ok("tag", IMAGE, address + "/app:1");
      SERVED.ok("push", address + "/app:1");
      SERVED.ok("rmi", address + "/app:1");
      SERVED.ok("pull", address + "/app:1");
      SERVED.ok("rmi", address + "/app:1");
      SERVED.ok("logout", address);
      assertThat(SERVED.docker("pull", address + "/app:1").code()).isEqualTo(1);
      assertThat(SERVED.docker("login", "-u", "x", "-p", "y", address).code()).isEqualTo(1);
    }
  }

  @Test
  void searches() throws Exception {
    try (DockerRegistry registry = DockerRegistry.start(directory)) {
      SERVED.ok("tag", IMAGE, registry.address() + "/found:1");
      SERVED.ok("push", registry.address() + "/found:1");
      SERVED.ok("rmi", registry.address() + "/found:1");

      assertThat(SERVED.ok("search", "--format", "{{.Name}}", registry.address() + "/fou"))
          .endsWith("/found");
    }
  }

  @Test
  void givesTheExitCodeAlsoOfContainersThatAreRemovedAtOnce() throws Exception {
    for (int i = 1; i <= 15; i++) {
      assertThat(SERVED.docker("run", "--rm", IMAGE, "sh", "-c", "exit " + i).code()).isEqualTo(i);
    }
  }
}
