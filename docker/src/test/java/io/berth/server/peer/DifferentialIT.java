package io.berth.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.berth.server.Served;
import io.berth.server.UnixHttp;
import io.berth.testing.DockerRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same requests to Docker's daemon and to ours, with the same state before: the answers have
 * the same status, content type and shape, but for the differences of {@code allowed.txt}.
 */
class DifferentialIT {
  private static final List<String> TABLES =
      List.of("system", "containers", "lives", "streams", "images", "networks", "volumes", "swarm");

  @RegisterExtension static final Served SERVED = new Served();

  private static Dockerd dockerd;
  private static Side theirs;
  private static Side ours;
  private static List<Allowed> allowed;
  private static DockerRegistry registry;
  @TempDir private static Path directory;

  @BeforeAll
  static void startBoth() throws Exception {
    dockerd = Dockerd.start();
    allowed = Allowed.parse(lines("allowed.txt"));
    Map<String, byte[]> bodies = Bodies.all();
    String version =
        UnixHttp.ask(dockerd.socket(), "GET", "/_ping", "").headers().get("api-version");
    theirs = new Side(dockerd.socket(), "/v" + version, bodies);
    ours = new Side(SERVED.socket(), "/v" + version, bodies);
    startRegistry();
    String load = "/images/create?fromSrc=-&repo=busybox&tag=test&changes=CMD+%5B%22sh%22%5D";
    assertThat(theirs.ask("POST", load, "@busybox").reply().text()).contains("sha256:");
  }

  /** One that both reach under one name, though their networks are not the same. */
  private static void startRegistry() throws IOException {
    registry = DockerRegistry.start(directory);
    dockerd.inNetwork("docker-registry", "serve", directory.resolve("config.yml").toString());
    for (Side side : List.of(theirs, ours)) {
      side.set("registry", registry.address());
      // Each has a repository of its own, for one keeps what the other has pushed.
      side.set("app", registry.address() + (side == ours ? "/ours" : "/theirs"));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (registry != null) {
      registry.close();
    }
    if (dockerd != null) {
      dockerd.close();
    }
  }

  @TestFactory
  Stream<DynamicNode> answersAsDockerd() {
    return TABLES.stream().map(table -> dynamicContainer(table, sections(table)));
  }

  private static Stream<DynamicNode> sections(String table) {
    return Step.parse(lines(table + ".txt")).stream()
        .map(section -> dynamicTest(section.name(), () -> compare(section)));
  }

  private static void compare(Step.Section section) throws IOException, InterruptedException {
    theirs.clear();
    ours.clear();
    List<String> found = new ArrayList<>();
    for (Step step : section.steps()) {
      differences(step).stream().map(d -> step.line() + "\n    " + d).forEach(found::add);
    }
    if (!found.isEmpty()) {
      fail(String.join("\n", found));
    }
  }

  private static List<String> differences(Step step) throws IOException, InterruptedException {
    Answer wanted;
    Answer found;
    try {
      wanted = theirs.ask(step);
      found = ours.ask(step);
    } catch (IOException e) {
      return List.of(e.toString());
    }
    if (!step.compared()) {
      return List.of();
    }
    return wanted.differences(found).stream()
        .filter(d -> allowed.stream().noneMatch(a -> a.holds(step.line(), d)))
        .toList();
  }

  private static List<String> lines(String resource) {
    try (InputStream in = DifferentialIT.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
