package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.PruneFilter;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.dockerfile.Dockerfile;
import io.berth.testing.TestEngine;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Optional;

/** What a process is killed in the middle of, and what may be seen of it afterwards. */
enum Operation {
  PULL {
    @Override
    void act(Engine berth, String remote) {
      berth.images().pull(remote).execute();
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return whole(berth, remote, "from a registry");
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.images().remove(remote, true);
    }
  },

  LOAD {
    @Override
    void prepare(Engine berth, Path directory) {
      berth.images().tag(TestEngine.IMAGE, NAME);
      berth.images().save(NAME).to(directory.resolve("image.tar"));
      berth.images().remove(NAME, false);
    }

    @Override
    void act(Engine berth, String remote) {
      berth.images().load(berth.dataDirectory().resolveSibling("image.tar")).execute();
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return whole(berth, NAME, "");
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.images().remove(NAME, true);
    }
  },

  BUILD {
    @Override
    void act(Engine berth, String remote) {
      Dockerfile file =
          Dockerfile.parse(
              "FROM "
                  + TestEngine.IMAGE
                  + "\nCOPY <<EOF /data/made\nby a build\nEOF\nRUN cp -r /data /copy && ln -s /copy /link\n"
                  + "RUN mv /copy/made /copy/moved && rm -r /data && mkdir /data"
                  + " && cat /copy/moved > /data/made\n",
              "Dockerfile");
      berth.images().build(file).tag(NAME).execute();
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return whole(berth, NAME, "by a build");
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.images().remove(NAME, true);
      berth.images().prune(false, PruneFilter.ALL);
      berth.storage().pruneBuildCache(new BuildCachePrune(0, PruneFilter.ALL));
    }
  },

  COMMIT {
    @Override
    void prepare(Engine berth, Path directory) {
      Container made =
          berth
              .containers()
              .create(TestEngine.IMAGE)
              .name("source")
              .network(NetworkMode.NONE)
              .command("sh", "-c", "mkdir /data && echo by a commit > /data/made && rm /etc/group")
              .detached(true)
              .start();
      assertThat(made.waitForExit()).isZero();
    }

    @Override
    void act(Engine berth, String remote) {
      berth.containers().get("source").commit().tag(NAME).execute();
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return whole(berth, NAME, "by a commit");
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.images().remove(NAME, true);
      berth.images().prune(false, PruneFilter.ALL);
    }
  },

  CREATE {
    @Override
    void act(Engine berth, String remote) {
      create(berth);
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      Optional<Container> found = berth.containers().find(NAME);
      found.ifPresent(container -> assertRuns(container));
      return found.isPresent();
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.containers().get(NAME).remove(true, true);
    }
  },

  RUN {
    @Override
    void act(Engine berth, String remote) {
      create(berth).start();
      assertThat(berth.containers().get(NAME).waitForExit()).isEqualTo(3);
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      Optional<Container> found = berth.containers().find(NAME);
      if (found.isPresent() && found.get().state().status() != Status.CREATED) {
        // Its monitor outlives the process that was killed.
        assertThat(found.get().waitForExit()).isIn(3, 137);
      }
      return found.isPresent();
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.containers().get(NAME).remove(true, true);
    }
  },

  RENAME {
    private static final String BEFORE = "before";

    @Override
    void prepare(Engine berth, Path directory) {
      berth
          .containers()
          .create(TestEngine.IMAGE)
          .name(BEFORE)
          .network(NetworkMode.NONE)
          .command("true")
          .create();
    }

    @Override
    void act(Engine berth, String remote) {
      berth.containers().get(BEFORE).rename(NAME);
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      Optional<Container> before = berth.containers().find(BEFORE);
      Optional<Container> after = berth.containers().find(NAME);
      assertThat(before.isPresent()).isNotEqualTo(after.isPresent());
      return after.isPresent();
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.containers().get(NAME).rename(BEFORE);
    }
  },

  REMOVE {
    @Override
    void act(Engine berth, String remote) {
      berth.containers().get(NAME).remove(true, true);
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return CREATE.isSeen(berth, remote);
    }

    @Override
    void undo(Engine berth, String remote) {
      create(berth);
    }

    @Override
    boolean isMaking() {
      return false;
    }
  },

  REMOVE_IMAGE {
    @Override
    void act(Engine berth, String remote) {
      berth.images().remove(NAME, true);
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return whole(berth, NAME, "by a build");
    }

    @Override
    void undo(Engine berth, String remote) {
      BUILD.act(berth, remote);
    }

    @Override
    boolean isMaking() {
      return false;
    }
  },

  VOLUME_CREATE {
    @Override
    void act(Engine berth, String remote) {
      berth.volumes().create(NAME).label("made", "by a test").execute();
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      berth
          .volumes()
          .find(NAME)
          .ifPresent(
              volume -> {
                assertThat(volume.labels()).containsEntry("made", "by a test");
                assertWritable(berth);
              });
      return berth.volumes().find(NAME).isPresent();
    }

    @Override
    void undo(Engine berth, String remote) {
      berth.volumes().remove(NAME, false);
    }
  },

  VOLUME_REMOVE {
    @Override
    void act(Engine berth, String remote) {
      berth.volumes().remove(NAME, false);
    }

    @Override
    boolean isSeen(Engine berth, String remote) {
      return VOLUME_CREATE.isSeen(berth, remote);
    }

    @Override
    void undo(Engine berth, String remote) {
      VOLUME_CREATE.act(berth, remote);
      assertWritable(berth);
    }

    @Override
    boolean isMaking() {
      return false;
    }
  };

  /** Of what an operation makes or removes. */
  static final String NAME = "crashed";

  /** What is needed before the first time. */
  void prepare(Engine berth, Path directory) {
    if (!isMaking()) {
      undo(berth, "");
    }
  }

  /** Does it; the process may be killed meanwhile. */
  abstract void act(Engine berth, String remote);

  /** Whether there is what it makes or removes. Fails when there is half of it. */
  abstract boolean isSeen(Engine berth, String remote);

  /** So that it can be done again. */
  abstract void undo(Engine berth, String remote);

  /** Or else it removes something. */
  boolean isMaking() {
    return true;
  }

  private static Container create(Engine berth) {
    return berth
        .containers()
        .create(TestEngine.IMAGE)
        .name(NAME)
        .network(NetworkMode.NONE)
        .volume("with-" + NAME, "/volume")
        .command("sh", "-c", "echo made > /volume/by; exit 3")
        .detached(true)
        .create();
  }

  private static void assertRuns(Container container) {
    if (container.state().status() == Status.CREATED) {
      container.start();
    }
    assertThat(container.waitForExit()).isEqualTo(3);
  }

  private static void assertWritable(Engine berth) {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.NONE)
            .volume(NAME, "/volume")
            .command("sh", "-c", "echo content > /volume/file && cat /volume/file")
            .start()) {
      assertThat(c.waitForExit()).isZero();
    }
  }

  /** Every file of it is there and what the test has written is in {@code /data/made}. */
  private static boolean whole(Engine berth, String name, String made) {
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
