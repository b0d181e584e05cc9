package io.berth.rootless;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without pasta and slirp4netns; run as an ordinary user by {@code RootlessIT}. */
class OrdinaryNetworksAlone {
  @RegisterExtension final TestEngine fixture = TestEngine.create();

  @Test
  void containersReachEachOtherAndAreReachedButAWarningSaysWhatTheyDoNotReach() throws Exception {
    Engine berth = fixture.engine();
    Network network = berth.networks().create("front").execute();
    try (Container one =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .name("one")
                .network(network)
                .publish(80)
                .command("sh", "-c", "while true; do nc -l -p 80 -e echo of one; done")
                .start();
        Container two =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .network(network)
                .command("sh", "-c", "until nc -w 30 one 80 </dev/null; do sleep 0.1; done")
                .start()) {
      assertThat(two.waitForExit()).isZero();
      assertThat(two.logs().stdout()).isEqualTo("of one\n");
      // Between one client and the next nobody listens for a moment.
      Await.pass(
          () -> {
            try (Socket socket = new Socket("localhost", one.ports().get(0).hostPort())) {
              assertThat(
                      new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                  .isEqualTo("of one\n");
            }
          });
      assertThat(berth.warnings())
          .anyMatch(w -> w.contains("reach no other hosts") && w.contains("apt-get install passt"));
    }
  }
}
