package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.testing.TestEngine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;

/** Containers that are left running for the next run of the tests. */
@Timeout(180)
class ReuseIT {
  @RegisterExtension final TestEngine fixture = TestEngine.create();

  /** Starts one that may be reused, and ends without stopping it. */
  static final class Starter {
    private Starter() {}

    /**
     * @param args a variable of the container, and what is in a file of its
     */
    public static void main(String[] args) {
      @SuppressWarnings("resource")
      GenericContainer<?> it =
          new GenericContainer<>(Offline.BUSYBOX)
              .withCommand("sleep", "1000")
              .withEnv("V", args[0])
              .withCopyToContainer(Transferable.of(args[1]), "/file")
              .withReuse(true);
      it.start();
      Program.say(it.getContainerId());
    }
  }

  @BeforeEach
  void nameTheImage() {
    fixture.engine().images().tag(TestEngine.IMAGE, Offline.BUSYBOX);
  }

  private List<String> start(boolean enabled, String variable, String file) throws Exception {
    return new Program(
            Starter.class,
            fixture.dataDirectory(),
            Map.of("TESTCONTAINERS_REUSE_ENABLE", Boolean.toString(enabled)))
        .run(variable, file);
  }

  @Test
  void theNextRunFindsTheContainerOfTheOneBefore() throws Exception {
    List<String> first = start(true, "same", "file");

    assertThat(start(true, "same", "file")).isEqualTo(first);

    assertThat(fixture.engine().containers().list())
        .extracting(Container::id)
        .containsExactlyElementsOf(first);
    assertThat(fixture.engine().containers().get(first.get(0)).state().status().isActive())
        .isTrue();
  }

  @Test
  void aContainerThatIsToBeOtherwiseIsAnother() throws Exception {
    List<String> first = start(true, "one", "file");

    assertThat(start(true, "two", "file")).isNotEqualTo(first);
  }

  @Test
  void aContainerWithOtherFilesIsAnother() throws Exception {
    List<String> first = start(true, "same", "one");

    assertThat(start(true, "same", "two")).isNotEqualTo(first);
  }

  @Test
  void withoutTheUsersConsentNothingStays() throws Exception {
    start(false, "gone", "file");

    assertThat(fixture.engine().containers().list()).isEmpty();
  }
}
