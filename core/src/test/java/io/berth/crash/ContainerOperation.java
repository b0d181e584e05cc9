package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.NetworkMode;
import io.berth.api.RestartPolicy;
import io.berth.error.NotFoundException;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** On containers. */
enum ContainerOperation implements Operation {
  CREATE {
    @Override
    public void act(Engine berth, String remote) {
      create(berth);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      Optional<Container> found = berth.containers().find(Operation.NAME);
      found.ifPresent(container -> assertRuns(container));
      return found.isPresent();
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.containers().get(Operation.NAME).remove(true, true);
    }
  },

  RUN {
    @Override
    public void act(Engine berth, String remote) {
      create(berth).start();
      assertThat(berth.containers().get(Operation.NAME).waitForExit()).isEqualTo(3);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      Optional<Container> found = berth.containers().find(Operation.NAME);
      if (found.isPresent() && found.get().state().status() != Status.CREATED) {
        // Its monitor outlives the process that was killed.
        assertThat(found.get().waitForExit()).isIn(3, 137);
      }
      return found.isPresent();
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.containers().get(Operation.NAME).remove(true, true);
    }
  },

  RENAME {
    private static final String BEFORE = "before";

    @Override
    public void prepare(Engine berth, Path directory) {
      berth
          .containers()
          .create(TestEngine.IMAGE)
          .name(BEFORE)
          .network(NetworkMode.NONE)
          .command("true")
          .create();
    }

    @Override
    public void act(Engine berth, String remote) {
      berth.containers().get(BEFORE).rename(Operation.NAME);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      Optional<Container> before = berth.containers().find(BEFORE);
      Optional<Container> after = berth.containers().find(Operation.NAME);
      assertThat(before.isPresent()).isNotEqualTo(after.isPresent());
      return after.isPresent();
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.containers().get(Operation.NAME).rename(BEFORE);
    }
  },

  UPDATE {
    @Override
    public void prepare(Engine berth, Path directory) {
      create(berth);
      undo(berth, "");
    }

    @Override
    public void act(Engine berth, String remote) {
      berth.containers().get(Operation.NAME).update().restart(RestartPolicy.onFailure(7)).execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      RestartPolicy policy = berth.containers().get(Operation.NAME).spec().restart();
      assertThat(policy).isIn(RestartPolicy.NO, RestartPolicy.onFailure(7));
      return !policy.equals(RestartPolicy.NO);
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.containers().get(Operation.NAME).update().restart(RestartPolicy.NO).execute();
    }
  },

  COPY {
    private static final int SIZE = 300_000;

    @Override
    public void prepare(Engine berth, Path directory) throws IOException {
      Files.write(directory.resolve("copied"), new byte[SIZE]);
      Container target =
          berth
              .containers()
              .create(TestEngine.IMAGE)
              .name(Operation.NAME)
              .network(NetworkMode.NONE)
              .command("sh", "-c", "mkdir /in")
              .detached(true)
              .start();
      assertThat(target.waitForExit()).isZero();
    }

    @Override
    public void act(Engine berth, String remote) {
      berth
          .containers()
          .get(Operation.NAME)
          .files()
          .copyTo(berth.dataDirectory().resolveSibling("copied"), "/in/copied");
    }

    /** Whole, or as it was before; what was to become it has another name. */
    @Override
    public boolean isSeen(Engine berth, String remote) {
      try {
        long size = berth.containers().get(Operation.NAME).files().stat("/in/copied").size();
        assertThat(size).isIn(1L, (long) SIZE);
        return size == SIZE;
      } catch (NotFoundException e) {
        return false;
      }
    }

    @Override
    public void undo(Engine berth, String remote) throws IOException {
      Path small = Files.write(berth.dataDirectory().resolveSibling("small"), new byte[1]);
      berth.containers().get(Operation.NAME).files().copyTo(small, "/in/copied");
    }

    /** As the container sees it: the files are changed through a look at its mounts. */
    @Override
    public Path watched(Path data) {
      return Path.of("/in");
    }
  },

  REMOVE {
    @Override
    public void act(Engine berth, String remote) {
      berth.containers().get(Operation.NAME).remove(true, true);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return CREATE.isSeen(berth, remote);
    }

    @Override
    public void undo(Engine berth, String remote) {
      create(berth);
    }

    @Override
    public boolean isMaking() {
      return false;
    }
  };

  private static Container create(Engine berth) {
    return berth
        .containers()
        .create(TestEngine.IMAGE)
        .name(Operation.NAME)
        .network(NetworkMode.NONE)
        .volume("with-" + Operation.NAME, "/volume")
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
}
