package io.berth.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Endpoint;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.PublishedPort;
import io.berth.api.SubnetSpec;
import io.berth.api.Wait;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine does with networks. */
abstract class NetworksContract {
  private static final String NAME = "contract-net";

  abstract EngineSource source();

  Engine engine() {
    return source().engine();
  }

  @BeforeEach
  void needRoot() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
  }

  @AfterEach
  void leaveNothing() {
    engine().containers().list().forEach(c -> c.remove(true, true));
    engine().networks().list().stream()
        .filter(n -> n.name().startsWith(NAME))
        .forEach(Network::remove);
  }

  private CreateRequest sleeping() {
    return engine()
        .containers()
        .create(TestEngine.IMAGE)
        .command("sleep", "1000")
        .stopSignal("KILL");
  }

  @Test
  void makesAndRemovesNetworks() {
    Network network =
        engine()
            .networks()
            .create(NAME)
            .label("a", "b")
            .subnet(SubnetSpec.of("10.213.250.0/24").gateway("10.213.250.9"))
            .internal(true)
            .execute();

    assertThat(network.id()).matches("[0-9a-f]{64}");
    Network found = engine().networks().get(NAME);
    assertThat(found.id()).isEqualTo(network.id());
    assertThat(found.spec().driver()).isEqualTo("bridge");
    assertThat(found.spec().labels()).containsEntry("a", "b");
    assertThat(found.spec().internal()).isTrue();
    assertThat(found.spec().subnets())
        .extracting(SubnetSpec::subnet, s -> s.gateway().orElse(""))
        .containsExactly(org.assertj.core.groups.Tuple.tuple("10.213.250.0/24", "10.213.250.9"));
    assertThat(engine().networks().list()).extracting(Network::name).contains(NAME, "host", "none");
    assertThatThrownBy(() -> engine().networks().create(NAME).execute())
        .isInstanceOf(ConflictException.class);
    assertThatThrownBy(
            () -> engine().networks().create(NAME + "-bad").subnet("10.1.2.3.4/99").execute())
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> engine().networks().get("host").remove())
        .isInstanceOf(ConflictException.class);

    network.remove();
    assertThat(engine().networks().find(NAME)).isEmpty();
    assertThatThrownBy(() -> engine().networks().get(NAME)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> sleeping().network(NetworkMode.of(NAME)).start())
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void connectsContainersAndPublishesTheirPorts() throws Exception {
    Network network = engine().networks().create(NAME).execute();
    Container web =
        engine()
            .containers()
            .create(TestEngine.IMAGE)
            .name("web")
            .network(NetworkAttachment.to(NAME).alias("www"))
            .publish(8080)
            .command("sh", "-c", "while echo served | nc -l -p 8080; do :; done")
            .stopSignal("KILL")
            .start();
    assertThat(web.networks()).extracting(Endpoint::networkName).containsExactly(NAME);
    assertThat(web.networks().get(0).address()).isNotEmpty();
    assertThat(web.spec().networking().attachments())
        .extracting(NetworkAttachment::aliases)
        .allSatisfy(aliases -> assertThat(aliases).containsExactly("www"));
    assertThat(network.endpoints())
        .extracting(Endpoint::containerName, e -> e.ip().isPresent())
        .containsExactly(org.assertj.core.groups.Tuple.tuple("web", true));
    web.waitFor(Wait.forPort(8080).timeout(Duration.ofSeconds(60)));
    // Between one client and the next nobody listens for a moment.
    PublishedPort port = web.ports().get(0);
    Await.pass(() -> assertThat(answer(port)).isEqualTo("served\n"));
    assertThatThrownBy(network::remove).isInstanceOf(ConflictException.class);

    Container client = sleeping().network(network).start();
    web.waitFor(Wait.forPort(8080).timeout(Duration.ofSeconds(60)));
    Await.pass(
        () ->
            assertThat(client.exec("nc", "www", "8080").execute().stdout()).isEqualTo("served\n"));
    assertThatThrownBy(() -> network.connect(client).execute())
        .isInstanceOf(ConflictException.class);
    network.disconnect(client);
    assertThat(client.networks()).isEmpty();
    assertThatThrownBy(() -> network.disconnect(client)).isInstanceOf(NotFoundException.class);
    network.connect(client).alias("again").execute();
    assertThat(client.networks()).hasSize(1);
    assertThatThrownBy(() -> network.connect("nobody").execute())
        .isInstanceOf(NotFoundException.class);

    assertThatThrownBy(() -> sleeping().network(network).publish(port.hostPort(), 80).start())
        .isInstanceOf(ConflictException.class);
  }

  private static String answer(PublishedPort port) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port.hostPort())) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
