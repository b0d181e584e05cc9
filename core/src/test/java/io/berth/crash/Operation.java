package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.testing.TestEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** What a process is killed in the middle of, and what may be seen of it afterwards. */
interface Operation {
  /** Of what an operation makes or removes. */
  String NAME = "crashed";

  static Stream<Operation> all() {
    return Stream.<Operation[]>of(
            ImageOperation.values(), ContainerOperation.values(), PlaceOperation.values())
        .flatMap(Arrays::stream);
  }

  static Operation named(String name) {
    return all().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  String name();

  /** What is needed before the first time. */
  default void prepare(Engine berth, Path directory) throws IOException {
    if (!isMaking()) {
      undo(berth, "");
    }
  }

  /** Does it; the process may be killed meanwhile. */
  void act(Engine berth, String remote) throws IOException;

  /** Whether there is what it makes or removes. Fails when there is half of it. */
  boolean isSeen(Engine berth, String remote);

  /** So that it can be done again. */
  void undo(Engine berth, String remote) throws IOException;

  /** Or else it removes something. */
  default boolean isMaking() {
    return true;
  }

  /** Whether a container goes on that was there before. */
  default boolean leavesRunning() {
    return false;
  }

  /**
   * Where the changes are that count.
   *
   * @param data the engine's directory
   */
  default Path watched(Path data) {
    return data;
  }

  /** A container that has ended, and has written a line to {@code /data/made}. */
  static Container made(Engine berth, String line) {
    Container made =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .name("source")
            .network(NetworkMode.NONE)
            .command("sh", "-c", "mkdir /data && echo " + line + " > /data/made && rm /etc/group")
            .detached(true)
            .start();
    assertThat(made.waitForExit()).isZero();
    return made;
  }

  /** Every file of it is there and what the test has written is in {@code /data/made}. */
  static boolean whole(Engine berth, String name, String made) {
    Optional<Image> image = berth.images().find(name);
    if (image.isEmpty()) {
      return false;
    }
    try (Container c =
        berth
            .containers()
            .create(image.get())
            .network(NetworkMode.NONE)
            .command("sh", "-c", "cat /data/made; ls /bin | wc -l >&2; test -x /bin/busybox")
            .start()) {
      assertThat(c.waitForExit()).isZero();
      assertThat(c.logs().stdout().strip()).isEqualTo(made);
    }
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    berth.images().save(name).to(archive);
    assertThat(archive.size()).isPositive();
    return true;
  }
}
