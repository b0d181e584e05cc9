package io.berth.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.EngineBuilder;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import io.berth.dockerfile.Dockerfile;
import io.berth.linux.Trees;
import io.berth.oci.Reference;
import io.berth.testing.DockerRegistry;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images go to Debian's docker-registry and come back, to engines that have nothing else. */
class RegistryIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static Path work;
  private static DockerRegistry registry;
  private final List<Path> engines = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    work = Files.createTempDirectory("berth-registry-");
    registry = DockerRegistry.start(work.resolve("registry"));
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
    Trees.remove(work);
  }

  @AfterEach
  void removeEngines() {
    engines.forEach(Trees::remove);
  }

  private Engine fresh() throws IOException {
    return fresh(Berth.builder());
  }

  private Engine fresh(EngineBuilder builder) throws IOException {
    Path data = Files.createTempDirectory("berth-fresh-");
    engines.add(data);
    return builder.dataDirectory(data).open();
  }

  private static Image app(String name) {
    return FIXTURE
        .engine()
        .images()
        .build(
            Dockerfile.from(TestEngine.IMAGE)
                .run("echo one > /one; mkdir -p /d; ln /one /d/hard; ln -s /one /soft")
                .run("rm /one; echo two > /d/two; mknod /d/fifo p")
                .cmd("cat", "/d/hard"))
        .tag(name)
        .execute();
  }

  private static String name(String repository) {
    return registry.address() + "/" + repository;
  }

  @Test
  void anImageComesBackAsItWentAndRuns() throws IOException {
    Image image = app(name("round/trip:1"));
    List<Progress.Event> pushed = new ArrayList<>();
    Reference digest =
        FIXTURE.engine().images().push(name("round/trip:1")).progress(pushed::add).execute();

    try (Engine other = fresh()) {
      List<Progress.Event> events = new ArrayList<>();
      Image pulled = other.images().pull(name("round/trip:1")).progress(events::add).execute();

      assertThat(pulled.id()).isEqualTo(image.id());
      assertThat(pulled.repoDigests()).containsExactly(digest);
      assertThat(pulled.tags())
          .extracting(Reference::familiar)
          .containsExactly(name("round/trip:1"));
      assertThat(pulled.size()).isEqualTo(image.size());
      assertThat(statuses(events))
          .contains(LayerStatus.PULLING, LayerStatus.DOWNLOADING, LayerStatus.PULLED);
      assertThat(messages(events))
          .containsExactly(
              "1: Pulling from round/trip",
              "Digest: " + digest.digest().orElseThrow(),
              "Status: Downloaded newer image for " + name("round/trip:1"));
      try (Container container = other.containers().create(pulled).start()) {
        assertThat(container.waitForExit()).isZero();
        assertThat(container.logs().stdout()).isEqualTo("one\n");
      }
      assertThat(statuses(pushed)).contains(LayerStatus.PUSHING, LayerStatus.PUSHED);

      // and once more: nothing is sent
      List<Progress.Event> again = new ArrayList<>();
      assertThat(other.images().pull(name("round/trip:1")).progress(again::add).execute())
          .isEqualTo(pulled);
      assertThat(messages(again))
          .last()
          .isEqualTo("Status: Image is up to date for " + name("round/trip:1"));
      assertThat(statuses(again)).isEmpty();
    }
  }

  private static List<LayerStatus> statuses(List<Progress.Event> events) {
    return events.stream()
        .filter(Progress.Layer.class::isInstance)
        .map(event -> ((Progress.Layer) event).status())
        .toList();
  }

  private static List<String> messages(List<Progress.Event> events) {
    return events.stream()
        .filter(Progress.Message.class::isInstance)
        .map(event -> ((Progress.Message) event).text())
        .toList();
  }
}
