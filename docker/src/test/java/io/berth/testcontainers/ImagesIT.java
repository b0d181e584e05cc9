package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import io.berth.registry.server.RegistryServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.images.PullPolicy;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.ImageNameSubstitutor;

/** Images that tests build, and images that they pull. */
@ExtendWith(Offline.class)
@Timeout(120)
class ImagesIT {
  @TempDir Path directory;

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }

  /** What a container of an image writes, which then ends. */
  private static String output(GenericContainer<?> container) {
    try (GenericContainer<?> it =
        container.withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
      it.start();
      return it.getLogs();
    }
  }

  @Test
  void aDockerfileIsWrittenInJava() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromTransferable("hello.txt", Transferable.of("hello\n"))
            .withDockerfileFromBuilder(
                b ->
                    b.from(Offline.BUSYBOX)
                        .run("mkdir -p /made/here")
                        .workDir("/made/here")
                        .copy("hello.txt", ".")
                        .add("hello.txt", "/added")
                        .env("WHO", "builder")
                        .label("kind", "test")
                        .volume("/data")
                        .expose(8080, 9090)
                        .user("nobody")
                        .cmd("sh", "-c", "pwd; whoami; echo $WHO; cat hello.txt /added")
                        .build());

    assertThat(output(new GenericContainer<>(image)))
        .isEqualTo("/made/here\nnobody\nbuilder\nhello\nhello\n");
    var config = docker().inspectImageCmd(image.getDockerImageName()).exec().getConfig();
    assertThat(config.getLabels()).containsEntry("kind", "test");
    assertThat(config.getExposedPorts()).hasSize(2);
  }

  @Test
  void aDirectoryIsBuiltAsItsDockerignoreSays() throws Exception {
    Files.writeString(
        directory.resolve("Dockerfile"),
        "FROM "
            + Offline.BUSYBOX
            + "\n"
            + "COPY . /all\n"
            + "CMD cd /all; find . -name '*.*' -type f | grep -v dockerignore | sort\n");
    Files.writeString(directory.resolve("a.txt"), "a");
    Files.writeString(directory.resolve("b.log"), "b");
    Files.writeString(Files.createDirectory(directory.resolve("d")).resolve("c.log"), "c");
    Files.writeString(directory.resolve(".dockerignore"), "**/*.log\n");

    ImageFromDockerfile image =
        new ImageFromDockerfile().withDockerfile(directory.resolve("Dockerfile"));

    assertThat(output(new GenericContainer<>(image))).isEqualTo("./a.txt\n");
  }

  @Test
  void anotherDockerfileAStageAndArgumentsAreChosen() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString(
                "docker/My.dockerfile",
                "ARG BASE\nFROM $BASE AS one\nARG WHAT=nothing\nENV WHAT=$WHAT\n"
                    + "CMD echo one $WHAT\nFROM one AS two\nCMD echo two\n")
            .withDockerfilePath("docker/My.dockerfile")
            .withBuildArg("BASE", Offline.BUSYBOX)
            .withBuildArg("WHAT", "something")
            .withTarget("one")
            .withBuildImageCmdModifier(c -> c.withNoCache(true));

    assertThat(output(new GenericContainer<>(image))).isEqualTo("one something\n");
  }

  @Test
  void modesOfFilesInTheContextAreKept() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromTransferable("run.sh", Transferable.of("#!/bin/sh\necho ran\n", 0750))
            .withFileFromTransferable("plain", Transferable.of("x", 0604))
            .withFileFromString(
                "Dockerfile",
                "FROM "
                    + Offline.BUSYBOX
                    + "\nCOPY run.sh plain /\nCMD /run.sh; stat -c %a /run.sh /plain\n");

    assertThat(output(new GenericContainer<>(image))).isEqualTo("ran\n750\n604\n");
  }

  @Test
  void aClassPathDirectoryIsTheContext() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromClasspath("p", "junit-platform.properties")
            .withFileFromString("Dockerfile", "FROM " + Offline.BUSYBOX + "\nCOPY p /\nCMD cat /p");

    assertThat(output(new GenericContainer<>(image))).contains("jqwik");
  }

  @Test
  void anImageWithANameStaysUntilItIsRemoved() {
    String name =
        new ImageFromDockerfile("kept:1", false)
            .withFileFromString("Dockerfile", "FROM " + Offline.BUSYBOX)
            .get();

    assertThat(name).isEqualTo("kept:1");
    docker().removeImageCmd("kept:1").exec();
    assertThatThrownBy(() -> docker().inspectImageCmd("kept:1").exec())
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void aBuildThatFailsSaysWhichStep() {
    ImageFromDockerfile image =
        new ImageFromDockerfile()
            .withFileFromString(
                "Dockerfile", "FROM " + Offline.BUSYBOX + "\nRUN echo broken; exit 9\n");

    try (GenericContainer<?> it = new GenericContainer<>(image)) {
      assertThatThrownBy(it::start)
          .isInstanceOf(ContainerFetchException.class)
          .hasStackTraceContaining("echo broken; exit 9")
          .hasStackTraceContaining("9");
    }
  }

  @Test
  void imagesArePulledWhenThePolicySaysSo() throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      String name = registry.address() + "/team/app:1";
      push(name, "old");
      assertThat(output(new GenericContainer<>(name))).isEqualTo("old\n");
      push(name, "new");
      docker().tagImageCmd(Offline.BUSYBOX, registry.address() + "/team/app", "1").exec();

      assertThat(output(new GenericContainer<>(name).withImagePullPolicy(PullPolicy.alwaysPull())))
          .isEqualTo("new\n");
      assertThat(
              output(
                  new GenericContainer<>(name)
                      .withImagePullPolicy(PullPolicy.ageBased(Duration.ofDays(1)))))
          .isEqualTo("new\n");
    }
  }

  @Test
  void namesAreSubstituted() throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      String mirrored = registry.address() + "/mirror/app:1";
      push(mirrored, "mirrored");
      RemoteDockerImage image =
          new RemoteDockerImage(DockerImageName.parse("app:1"))
              .withImageNameSubstitutor(
                  new ImageNameSubstitutor() {
                    @Override
                    public DockerImageName apply(DockerImageName original) {
                      return DockerImageName.parse(registry.address() + "/mirror/" + original);
                    }

                    @Override
                    protected String getDescription() {
                      return "a mirror";
                    }
                  });

      assertThat(output(new GenericContainer<>(image))).isEqualTo("mirrored\n");
    }
  }

  @Test
  void anImageIsNamedByItsDigest() throws Exception {
    try (RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      String name = registry.address() + "/digested:1";
      push(name, "exact");
      docker().pullImageCmd(name).start().awaitCompletion();
      String digest = docker().inspectImageCmd(name).exec().getRepoDigests().get(0);
      docker().removeImageCmd(name).exec();

      assertThat(output(new GenericContainer<>(digest))).isEqualTo("exact\n");
    }
  }

  @Test
  void aNameMayStandInForAnother() {
    DockerImageName name =
        DockerImageName.parse(Offline.BUSYBOX).asCompatibleSubstituteFor("redis");

    assertThat(output(new GenericContainer<>(name).withCommand("echo", "compatible")))
        .isEqualTo("compatible\n");
  }

  /** Builds an image that says a word and leaves it in the registry alone. */
  private static void push(String name, String word) throws InterruptedException {
    new ImageFromDockerfile(name, false)
        .withFileFromString("Dockerfile", "FROM " + Offline.BUSYBOX + "\nCMD echo " + word)
        .get();
    docker().pushImageCmd(name).start().awaitCompletion();
    docker().removeImageCmd(name).exec();
  }
}
