package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Image;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.PathChange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container has changed, as a list, as an image, and as an archive. */
class ContainerImagesIT extends FileAccessFixture {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void changesAreListedAsDockerDoes(boolean running) {
    Image image =
        keepImage(
            "mkdir -p /d1/sub/deep /d2 /foo /vol/old; touch /d1/f /d1/sub/f2 /d1/sub/deep/f3"
                + " /d2/f /flink; ln -s foo /rellink");
    String script =
        "rm -rf /d1; mkdir -p /d1/sub; echo n>/d1/new; touch /tmp/x; rm /tmp/x; echo c>/d2/f;"
            + " mkdir -p /new/a/b; echo 1 >/new/a/b/f; rm /flink; chmod 700 /foo; rm /rellink;"
            + " mkdir /rellink; echo 1 >/rellink/z; rm -rf /vol; echo >/vol; echo ready";
    Container container =
        keep(
            FIXTURE
                .engine()
                .containers()
                .create(image)
                .command("sh", "-c", script + (running ? "; sleep 1000" : ""))
                .start());
    await(container, running);

    assertThat(container.files().changes().stream().map(PathChange::toString))
        .containsExactly(
            "C /d1",
            "D /d1/f",
            "A /d1/new",
            "C /d1/sub",
            "D /d1/sub/deep",
            "D /d1/sub/f2",
            "C /d2",
            "C /d2/f",
            "D /flink",
            "C /foo",
            "A /new",
            "A /new/a",
            "A /new/a/b",
            "A /new/a/b/f",
            "C /rellink",
            "A /rellink/z",
            "C /vol");
  }

  private Image keepImage(String script) {
    Container base = keep(request(script).start());
    assertThat(base.waitForExit()).isZero();
    return base.commit().execute();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aContainerBecomesAnImage(boolean running) {
    Container container = container(running, "echo -n committed >/d/f; rm -r /home");

    Image image =
        container
            .commit()
            .tag("committed:" + running)
            .author("me")
            .message("why")
            .change("CMD [\"cat\", \"/d/f\"]")
            .change("ENV A=b")
            .change("LABEL l=1")
            .change("EXPOSE 80")
            .change("WORKDIR /foo")
            .execute();

    assertThat(image.config().author()).contains("me");
    assertThat(image.config().config().cmd()).containsExactly("cat", "/d/f");
    assertThat(image.config().config().env()).containsExactly("A=b");
    assertThat(image.config().config().exposedPorts()).containsExactly("80/tcp");
    assertThat(image.config().config().workingDir()).contains("/foo");
    assertThat(image.config().history()).last().extracting("comment").asString().contains("why");
    assertThat(container.state().status().isActive()).isEqualTo(running);
    Container again = keep(FIXTURE.engine().containers().create("committed:" + running).start());
    assertThat(again.waitForExit()).isZero();
    assertThat(again.logs().stdout()).isEqualTo("committed");
    assertThatThrownBy(() -> again.files().stat("/home")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void aChangeThatIsNoneIsRefusedBeforeAnythingIsDone() {
    Container container = container(false, "true");

    assertThatThrownBy(() -> container.commit().change("RUN x"))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> container.commit().tag("No Such"))
        .isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExportIsTheRootWithoutWhatIsMounted(boolean running) throws IOException {
    Path bound = Files.createDirectory(host.resolve("bound"));
    Files.writeString(bound.resolve("b"), "bound");
    Container container =
        keep(
            request("echo -n 1 >/written; echo ready; " + (running ? "sleep 1000" : "true"))
                .bind(bound, "/data", false)
                .start());
    await(container, running);

    List<String> names = names(export(container));

    assertThat(names).contains("written", "bin/busybox", "data/", "proc/", "etc/hosts");
    assertThat(names).doesNotContain("data/b", "./", "/");
    assertThat(names).noneMatch(n -> n.matches("proc/.+|sys/.+"));
    Image again;
    try (InputStream in = new ByteArrayInputStream(export(container))) {
      again = FIXTURE.engine().images().importRootfs(in).execute();
    }
    Container copy =
        keep(FIXTURE.engine().containers().create(again).command("cat", "/written").start());
    copy.waitForExit();
    assertThat(copy.logs().stdout()).isEqualTo("1");
  }

  @Test
  void anExportIsImportedWithChanges() throws IOException {
    Container container = container(false, "echo -n kept >/d/f; ln -s f /d/link; chmod 4711 /d/f");

    Image image;
    try (InputStream in = new ByteArrayInputStream(export(container))) {
      image =
          FIXTURE
              .engine()
              .images()
              .importRootfs(in)
              .tag("again:1")
              .message("why")
              .change("ENV A=\"b c\"")
              .change("WORKDIR /d")
              .change("USER 0:0") // the one id that each engine has
              .change("LABEL l=1")
              .change("EXPOSE 80")
              .change("ENTRYPOINT [\"sh\", \"-c\"]")
              .change("CMD [\"echo $A $(id -u):$(id -g) $(stat -c %a f) $(readlink link)\"]")
              .execute();
    }

    assertThat(image.config().config().user()).contains("0:0");
    assertThat(image.config().config().labels()).containsEntry("l", "1");
    assertThat(image.config().config().exposedPorts()).containsExactly("80/tcp");
    assertThat(image.config().history()).singleElement().asString().contains("why");
    Container again = keep(FIXTURE.engine().containers().create("again:1").start());
    assertThat(again.waitForExit()).isZero();
    assertThat(again.logs().stdout()).isEqualTo("b c 0:0 4711 f\n");
  }
}
