package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.ContextSource;
import io.berth.registry.server.RegistryServer;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/** What a user sets outside of the tests: credentials, prefixes, archives, a mirror, no Ryuk. */
@Timeout(180)
class SettingsFromEnvironmentIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path directory;

  /** Runs an image whose command ends by itself, and tells what it wrote. */
  static final class OneShot {
    private OneShot() {}

    /**
     * @param args the image
     */
    public static void main(String[] args) {
      try (GenericContainer<?> it =
          new GenericContainer<>(args[0])
              .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
        it.start();
        Program.say(it.getLogs().strip());
      }
    }
  }

  /** Pushes an image that says a word, and removes it here. */
  private static void push(String name, String word) {
    build(name, word);
    FIXTURE.engine().images().push(name).execute();
    FIXTURE.engine().images().remove(name, true);
  }

  private static void build(String name, String word) {
    String dockerfile = "FROM " + TestEngine.IMAGE + "\nCMD echo " + word + "\n";
    FIXTURE
        .engine()
        .images()
        .build(
            ContextSource.files(Map.of("Dockerfile", dockerfile.getBytes(StandardCharsets.UTF_8))))
        .tag(name)
        .execute();
  }

  private static Program program(Map<String, String> environment) {
    return new Program(OneShot.class, FIXTURE.dataDirectory(), environment);
  }

  @Test
  void aPrefixForTheHubsImagesIsPutInFront() throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      push(registry.address() + "/hub/tool:1", "prefixed");

      assertThat(
              program(Map.of("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX", registry.address() + "/hub/"))
                  .run("tool:1"))
          .containsExactly("prefixed");
    }
  }

  @Test
  void theHubsImagesComeFromAMirror() throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      push(registry.address() + "/library/mirrored:1", "from the mirror");

      assertThat(
              program(Map.of("TESTCONTAINERS_BERTH_MIRROR", registry.address())).run("mirrored:1"))
          .containsExactly("from the mirror");
    }
  }

  @Test
  void aRegistryThatWantsAPasswordGetsIt() throws Exception {
    try (RegistryServer open = RegistryServer.builder().directory(directory).start()) {
      push(open.address() + "/private:1", "for friends");
    }
    try (RegistryServer registry =
        RegistryServer.builder().directory(directory).basicAuth("friend", "pass").start()) {
      String auth =
          Base64.getEncoder().encodeToString("friend:pass".getBytes(StandardCharsets.UTF_8));
      String config = "{\"auths\":{\"" + registry.address() + "\":{\"auth\":\"" + auth + "\"}}}";

      assertThat(
              program(Map.of("DOCKER_AUTH_CONFIG", config)).run(registry.address() + "/private:1"))
          .containsExactly("for friends");
      FIXTURE.engine().images().remove(registry.address() + "/private:1", true);
      assertThat(
              new Program(
                      OnTop.class, FIXTURE.dataDirectory(), Map.of("DOCKER_AUTH_CONFIG", config))
                  .run(registry.address() + "/private:1"))
          .containsExactly("built");
    }
  }

  /** Builds an image on another, and tells what it writes. */
  static final class OnTop {
    private OnTop() {}

    /**
     * @param args the base image
     */
    public static void main(String[] args) throws IOException {
      // Testcontainers reads what it builds on, and gives credentials for it, from files only.
      Path dockerfile = Files.createTempDirectory("berth-on-top-").resolve("Dockerfile");
      Files.writeString(
          dockerfile, "FROM " + args[0] + "\nRUN echo built > /word\nCMD cat /word\n");
      ImageFromDockerfile image = new ImageFromDockerfile().withDockerfile(dockerfile);
      try (GenericContainer<?> it =
          new GenericContainer<>(image)
              .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
        it.start();
        Program.say(it.getLogs().strip());
      } finally {
        Files.delete(dockerfile);
        Files.delete(dockerfile.getParent());
      }
    }
  }

  /** Puts a registry, which is in the environment, in front of each name. */
  public static final class Substitutor extends ImageNameSubstitutor {
    /** For Testcontainers. */
    public Substitutor() {}

    @Override
    public DockerImageName apply(DockerImageName original) {
      return DockerImageName.parse(System.getenv("TEST_REGISTRY") + "/" + original);
    }

    @Override
    protected String getDescription() {
      return "a registry of ours";
    }
  }

  @Test
  void aSubstitutorOfTheUsersIsAsked() throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      push(registry.address() + "/theirs:1", "substituted");

      assertThat(
              program(
                      Map.of(
                          "TESTCONTAINERS_IMAGE_SUBSTITUTOR",
                          Substitutor.class.getName(),
                          "TESTCONTAINERS_RYUK_DISABLED",
                          "true",
                          "TEST_REGISTRY",
                          registry.address()))
                  .run("theirs:1"))
          .containsExactly("substituted");
    }
  }

  @Test
  void archivesAreLoadedForWorkWithoutANetwork() throws Exception {
    Path archive = directory.resolve("tool.tar");
    build("archived.invalid/tool:1", "from an archive");
    FIXTURE.engine().images().save("archived.invalid/tool:1").to(archive);
    FIXTURE.engine().images().remove("archived.invalid/tool:1", true);

    assertThat(
            program(Map.of("TESTCONTAINERS_BERTH_IMAGES", archive.toString()))
                .run("archived.invalid/tool:1"))
        .containsExactly("from an archive");
  }

  @Test
  void ryukMayBeTurnedOff() throws Exception {
    build("plain:1", "no reaper");
    Map<String, String> environment = new HashMap<>();
    environment.put("TESTCONTAINERS_RYUK_DISABLED", "true");

    assertThat(program(environment).run("plain:1")).containsExactly("no reaper");
    assertThat(FIXTURE.engine().containers().list()).isEmpty();
  }
}
