package io.berth.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.net.bridge.Firewall;
import io.berth.net.linux.Link;
import io.berth.net.linux.RouteSocket;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing stays on the host: not after many containers, and not after a crash. */
class NetworkCleanupIT {
  private static final int MANY = 200;

  @RegisterExtension final TestEngine fixture = TestEngine.create();

  private Path networks() {
    return fixture.dataDirectory().resolve("networks");
  }

  private String engineName() throws IOException {
    return Files.readString(networks().resolve("engine"));
  }

  private List<String> linksOfEngine() throws IOException {
    String alias = "berth " + engineName() + " ";
    try (RouteSocket host = new RouteSocket()) {
      List<Link> all = host.links();
      List<Integer> bridges =
          all.stream()
              .filter(l -> l.alias().orElse("").startsWith(alias))
              .map(Link::index)
              .toList();
      return all.stream()
          .filter(
              l -> bridges.contains(l.index()) || l.master().map(bridges::contains).orElse(false))
          .map(Link::name)
          .toList();
    }
  }

  private List<String> filesOfMembers() throws IOException {
    try (Stream<Path> all = Files.walk(networks())) {
      return all.map(p -> networks().relativize(p).toString())
          .filter(p -> p.matches("[^/]+/(addresses|names|members)/.+"))
          .toList();
    }
  }

  private boolean hasRules() throws IOException {
    try (Firewall rules = new Firewall(engineName())) {
      return rules.exists();
    }
  }

  @Test
  void manyContainersComeAndGo() throws Exception {
    Engine berth = fixture.engine();
    Network network = berth.networks().create("many").execute();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<Container>> starts = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      starts.add(
          pool.submit(
              () ->
                  berth
                      .containers()
                      .create(TestEngine.IMAGE)
                      .network(network)
                      .publish(80)
                      .command("sleep", "600")
                      .start()));
    }
    List<Container> all = new ArrayList<>();
    for (Future<Container> start : starts) {
      all.add(start.get());
    }

    assertThat(all.stream().map(c -> c.networks().get(0).ip()).distinct()).hasSize(MANY);
    assertThat(all.stream().map(c -> c.ports().get(0).hostPort()).distinct()).hasSize(MANY);
    assertThat(linksOfEngine()).hasSize(MANY + 1);

    for (Container container : all) {
      pool.submit(() -> container.remove(true));
    }
    pool.shutdown();
    pool.awaitTermination(5, java.util.concurrent.TimeUnit.MINUTES);

    assertThat(berth.containers().list()).isEmpty();
    assertThat(filesOfMembers()).isEmpty();
    assertThat(network.endpoints()).isEmpty();
    network.remove();
    assertThat(linksOfEngine()).isEmpty();
    assertThat(hasRules()).isFalse();
  }

  @Test
  void anEngineThatClosesTakesDownWhatNobodyNeeds() throws Exception {
    try (Engine other = Berth.open(fixture.dataDirectory())) {
      try (Container c = other.containers().create(TestEngine.IMAGE).command("true").start()) {
        c.waitForExit();
        assertThat(linksOfEngine()).isNotEmpty();
      }
    }

    assertThat(linksOfEngine()).isEmpty();
    assertThat(hasRules()).isFalse();
  }

  @Test
  void whatAKilledMonitorLeavesGoesWhenAnEngineOpens() throws Exception {
    Network one = fixture.engine().networks().create("one").execute();
    Container container =
        fixture
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .network(one)
            .publish(80)
            .command("sleep", "600")
            .detached(true)
            .start();
    int port = container.ports().get(0).hostPort();
    Path monitor =
        fixture.dataDirectory().resolve("containers").resolve(container.id()).resolve("monitor");
    String pid = Files.readString(monitor).split(" ")[0];
    new ProcessBuilder("kill", "-9", pid).start().waitFor();
    container.waitForExit();
    assertThat(filesOfMembers()).isNotEmpty();

    Berth.open(fixture.dataDirectory()).close();

    assertThat(filesOfMembers()).isEmpty();
    assertThat(linksOfEngine()).isEmpty();
    assertThat(hasRules()).isFalse();
    new ServerSocket(port).close();
    container.start();
    assertThat(container.networks()).hasSize(1);
  }

  @Test
  void aContainerThatEndsWithoutAnEngineLeavesNothing() throws Exception {
    try (Engine other = Berth.open(fixture.dataDirectory())) {
      Network one = other.networks().create("one").execute();
      other
          .containers()
          .create(TestEngine.IMAGE)
          .network(one)
          .publish(80)
          .command("sleep", "0.3")
          .detached(true)
          .start();
    }

    Await.pass(() -> assertThat(filesOfMembers()).isEmpty());
  }

  @Test
  void rulesThatSomebodyFlushedComeBack() throws Exception {
    Engine berth = fixture.engine();
    Container web =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .publish(80)
            .command("sh", "-c", "exec httpd -f -p 80 -h /etc")
            .start();
    try (Firewall rules = new Firewall(engineName())) {
      rules.delete();

      try (Container next = berth.containers().create(TestEngine.IMAGE).command("true").start()) {
        next.waitForExit();
      }

      assertThat(rules.exists()).isTrue();
    }
  }
}
