package io.berth.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.Berth;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Build caches and layouts on their way between engines. */
class BuildCacheIT {
  private static final Map<String, byte[]> CONTEXT =
      Map.of(
          "Dockerfile",
          "FROM scratch AS one\nCOPY a /a\nFROM scratch\nCOPY --from=one /a /b\nCOPY a /c\n"
              .getBytes(StandardCharsets.UTF_8),
          "a",
          "content".getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;

  @Test
  void cacheTravelsThroughARegistry() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    try (RegistryServer registry =
            RegistryServer.builder().directory(directory.resolve("registry")).start();
        Engine first = Berth.open(directory.resolve("first"));
        Engine second = Berth.open(directory.resolve("second"))) {
      String cache = "type=registry,ref=" + registry.address() + "/app:cache";
      Image image =
          first.images().build(ContextSource.files(CONTEXT)).cacheTo(cache + ",mode=max").execute();
      List<Boolean> cached = new ArrayList<>();

      Image again =
          second
              .images()
              .build(ContextSource.files(CONTEXT))
              .cacheFrom(cache)
              .progress(
                  event -> {
                    if (event instanceof Progress.StepFinished step) {
                      cached.add(step.cached());
                    }
                  })
              .execute();

      assertThat(cached).doesNotContain(false);
      assertThat(again.config().diffIds()).isEqualTo(image.config().diffIds());
    }
  }

  @Test
  void layoutIsANamedContext() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    try (Engine first = Berth.open(directory.resolve("first"));
        Engine second = Berth.open(directory.resolve("second"))) {
      first.images().build(ContextSource.files(CONTEXT)).tag("made:1").execute();
      first.images().save("made:1").toLayout(directory.resolve("layout"));

      Image image =
          second
              .images()
              .build(
                  ContextSource.tar(
                      new ByteArrayInputStream(
                          "FROM base\nENV A=b\n".getBytes(StandardCharsets.UTF_8))))
              .buildContext(
                  "base", ContextSource.parse("oci-layout://" + directory.resolve("layout") + ":1"))
              .execute();

      assertThat(image.config().diffIds()).hasSize(2);
      assertThat(image.config().config().envMap()).containsEntry("A", "b");
    }
  }
}
