package io.berth.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Network;
import io.berth.testing.TestEngine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NetworksIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private static Container start(String name, Network network, String... command) {
    Container container =
        FIXTURE
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .name(name)
            .network(network)
            .command(command)
            .create();
    container.start();
    return container;
  }

  private static String run(Container container, String script) {
    return container.exec("sh", "-c", script + " 2>&1").execute().stdout();
  }

  @Test
  void defaultNetwork() {
    try (Container c =
        FIXTURE
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .command("sleep", "60")
            .publish(80)
            .create()) {
      c.start();
      System.err.println(c.networks());
      System.err.println(c.ports());
      System.err.println(c.warnings());
      System.err.println(
          run(c, "ip a; ip r; cat /etc/hosts /etc/resolv.conf; ls -l /sys/class/net"));
    }
  }

  @Test
  void ping() {
    Network network = FIXTURE.engine().networks().create("one").execute();
    try (Container a = start("a", network, "sleep", "60");
        Container b = start("b", network, "sleep", "60")) {
      System.err.println(run(a, "ping -c 1 -w 2 " + b.networks().get(0).address()));
    }
    network.remove();
    assertThat(List.of(1)).isNotEmpty();
  }
}
