package io.berth.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.api.NetworkMode;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** On volumes and networks. */
enum PlaceOperation implements Operation {
  VOLUME_CREATE {
    @Override
    public void act(Engine berth, String remote) {
      berth.volumes().create(Operation.NAME).label("made", "by a test").execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      berth
          .volumes()
          .find(Operation.NAME)
          .ifPresent(
              volume -> {
                assertThat(volume.labels()).containsEntry("made", "by a test");
                assertWritable(berth);
              });
      return berth.volumes().find(Operation.NAME).isPresent();
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.volumes().remove(Operation.NAME, false);
    }
  },

  VOLUME_REMOVE {
    @Override
    public void act(Engine berth, String remote) {
      berth.volumes().remove(Operation.NAME, false);
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return VOLUME_CREATE.isSeen(berth, remote);
    }

    @Override
    public void undo(Engine berth, String remote) throws IOException {
      VOLUME_CREATE.act(berth, remote);
      assertWritable(berth);
    }

    @Override
    public boolean isMaking() {
      return false;
    }
  },

  NETWORK_CREATE {
    @Override
    public void act(Engine berth, String remote) {
      berth.networks().create(Operation.NAME).label("made", "by a test").execute();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      Optional<Network> network = berth.networks().find(Operation.NAME);
      if (network.isEmpty()) {
        return false;
      }
      assertThat(network.get().spec().labels()).containsEntry("made", "by a test");
      try (Container member =
          berth
              .containers()
              .create(TestEngine.IMAGE)
              .network(network.get())
              .command("true")
              .start()) {
        assertThat(member.waitForExit()).isZero();
      }
      return true;
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.networks().get(Operation.NAME).remove();
    }
  },

  NETWORK_REMOVE {
    @Override
    public void act(Engine berth, String remote) {
      berth.networks().get(Operation.NAME).remove();
    }

    @Override
    public boolean isSeen(Engine berth, String remote) {
      return NETWORK_CREATE.isSeen(berth, remote);
    }

    @Override
    public void undo(Engine berth, String remote) throws IOException {
      NETWORK_CREATE.act(berth, remote);
    }

    @Override
    public boolean isMaking() {
      return false;
    }
  },

  CONNECT {
    private static final String MEMBER = "member";

    @Override
    public void prepare(Engine berth, Path directory) {
      berth.networks().create(Operation.NAME).execute();
      berth
          .containers()
          .create(TestEngine.IMAGE)
          .name(MEMBER)
          .command("sleep", "1000")
          .detached(true)
          .start();
    }

    @Override
    public void act(Engine berth, String remote) {
      berth.networks().get(Operation.NAME).connect(MEMBER).execute();
    }

    /** It has an interface in each network that it is said to be in, also after its next start. */
    @Override
    public boolean isSeen(Engine berth, String remote) {
      Container member = berth.containers().get(MEMBER);
      boolean seen = berth.networks().get(Operation.NAME).endpoints().size() == 1;
      if (seen) {
        assertThat(interfaces(member)).isEqualTo(2);
      }
      member.restart(Duration.ZERO);
      boolean kept = berth.networks().get(Operation.NAME).endpoints().size() == 1;
      assertThat(interfaces(member)).isEqualTo(kept ? 2 : 1);
      assertThat(kept).isEqualTo(seen);
      return seen;
    }

    @Override
    public boolean leavesRunning() {
      return true;
    }

    private int interfaces(Container member) {
      String all = member.exec("ls", "/sys/class/net").execute().stdout();
      return (int) all.lines().filter(name -> name.startsWith("eth")).count();
    }

    @Override
    public void undo(Engine berth, String remote) {
      berth.networks().get(Operation.NAME).disconnect(MEMBER);
    }
  };

  private static void assertWritable(Engine berth) {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .network(NetworkMode.NONE)
            .volume(Operation.NAME, "/volume")
            .command("sh", "-c", "echo content > /volume/file && cat /volume/file")
            .start()) {
      assertThat(c.waitForExit()).isZero();
    }
  }
}
