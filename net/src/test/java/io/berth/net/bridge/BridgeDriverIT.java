package io.berth.net.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.driver.EndpointPlan;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.NetworkDriverContract;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.PortForward;
import io.berth.net.driver.SubnetPlan;
import io.berth.net.linux.NetworkNamespace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BridgeDriverIT extends NetworkDriverContract {
  private static final InetAddress GATEWAY = Cidr.address("10.77.0.1");
  private static final NetworkPlan OTHER =
      network("b", new SubnetPlan(Cidr.parse("10.78.0.0/24"), Cidr.address("10.78.0.1")));

  @Override
  protected NetworkDriver open() {
    return BridgeDriver.open("test", Path.of("/"));
  }

  private Firewall firewall() {
    return ((BridgeDriver) driver).firewall().orElseThrow();
  }

  private NetworkNamespace container(NetworkPlan network, EndpointPlan endpoint) {
    NetworkNamespace container = namespace();
    container.route().linkUp("lo");
    onHost(
        () -> {
          driver.up(network);
          driver.attach(network, endpoint, container);
        });
    return container;
  }

  private static NetworkPlan with(NetworkPlan plan, boolean internal, Map<String, String> options) {
    return new NetworkPlan(plan.id(), plan.name(), internal, plan.subnets(), options);
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(Cidr.address(address), port);
  }

  /** Another machine, on a cable to this host; it has a route to the containers. */
  private NetworkNamespace neighbour() {
    NetworkNamespace neighbour = namespace();
    onHost(
        () -> {
          host.route().createBridge("lan", "", new MacAddress("02:00:00:00:00:99"), 1500);
          int lan = host.route().link("lan").orElseThrow().index();
          host.route().configure(lan, List.of(Cidr.parse("198.51.100.1/24")), List.of());
          host.route().linkUp("lan");
          driver.attach(
              new NetworkPlan(
                  "f".repeat(64),
                  "lan",
                  false,
                  List.of(),
                  Map.of("com.docker.network.bridge.name", "lan")),
              endpoint("9", "eth0", List.of(Cidr.address("198.51.100.1")), "198.51.100.9/24"),
              neighbour);
        });
    return neighbour;
  }

  @Test
  void keepsNetworksApart() {
    NetworkNamespace first =
        container(NETWORK, endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"));
    NetworkNamespace second =
        container(OTHER, endpoint("2", "eth0", List.of(Cidr.address("10.78.0.1")), "10.78.0.2/24"));

    assertThat(isApart(first, second, "10.78.0.2")).isTrue();
    assertThat(isApart(second, first, "10.77.0.2")).isTrue();
  }

  @Test
  void reachesOtherHostsWithThisHostsAddress() {
    NetworkNamespace container =
        container(NETWORK, endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"));
    NetworkNamespace neighbour = neighbour();

    assertThat(reaches(container, neighbour, "198.51.100.9")).isTrue();
    // It has a route to the container, but nobody has published anything.
    assertThat(isApart(neighbour, container, "10.77.0.2")).isTrue();
  }

  @Test
  void internalNetworksLeadNowhere() {
    NetworkNamespace container =
        container(
            with(NETWORK, true, Map.of()), endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"));
    NetworkNamespace neighbour = neighbour();

    assertThat(isApart(container, neighbour, "198.51.100.9")).isTrue();
    assertThat(isApart(neighbour, container, "10.77.0.2")).isTrue();
  }

  @Test
  void withoutMasqueradeTheAddressIsTheContainers() {
    NetworkPlan network =
        with(NETWORK, false, Map.of("com.docker.network.bridge.enable_ip_masquerade", "false"));
    NetworkNamespace container =
        container(network, endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"));
    NetworkNamespace neighbour = neighbour();

    // The neighbour's way back to 10.77.0.2 is this host.
    assertThat(reaches(container, neighbour, "198.51.100.9")).isTrue();
  }

  @Test
  void containersThatMayNotTalkReachTheHostOnly() {
    NetworkPlan network =
        with(NETWORK, false, Map.of("com.docker.network.bridge.enable_icc", "false"));
    NetworkNamespace first = container(network, endpoint("1", "eth0", "10.77.0.2/24"));
    NetworkNamespace second = container(network, endpoint("2", "eth0", "10.77.0.3/24"));

    assertThat(isApart(first, second, "10.77.0.3")).isTrue();
    assertThat(reaches(host, second, "10.77.0.3")).isTrue();
  }

  @Test
  void publishesPorts() {
    NetworkNamespace container =
        container(NETWORK, endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"));
    NetworkNamespace sibling =
        container(NETWORK, endpoint("2", "eth0", List.of(GATEWAY), "10.77.0.3/24"));
    NetworkNamespace stranger =
        container(OTHER, endpoint("3", "eth0", List.of(Cidr.address("10.78.0.1")), "10.78.0.2/24"));
    NetworkNamespace neighbour = neighbour();
    PortForward any =
        new PortForward(6, Cidr.address("0.0.0.0"), 8080, Cidr.address("10.77.0.2"), 80);
    PortForward one =
        new PortForward(6, Cidr.address("127.0.0.1"), 9090, Cidr.address("10.77.0.2"), 90);
    firewall().publish(List.of(any, one));

    InetSocketAddress web = at("10.77.0.2", 80);
    assertThat(connects(neighbour, at("198.51.100.1", 8080), container, web))
        .as("outside")
        .isTrue();
    assertThat(connects(host, at("127.0.0.1", 8080), container, web)).as("localhost").isTrue();
    assertThat(connects(host, at("198.51.100.1", 8080), container, web)).as("own").isTrue();
    assertThat(connects(host, at("10.77.0.1", 8080), container, web)).as("gateway").isTrue();
    assertThat(connects(sibling, at("10.77.0.1", 8080), container, web)).as("sibling").isTrue();
    assertThat(connects(container, at("10.77.0.1", 8080), container, web)).as("itself").isTrue();
    assertThat(connects(stranger, at("10.78.0.1", 8080), container, web)).as("other").isTrue();

    InetSocketAddress local = at("10.77.0.2", 90);
    assertThat(connects(host, at("127.0.0.1", 9090), container, local)).isTrue();
    assertThat(isRefused(neighbour, at("198.51.100.1", 9090), container, local)).isTrue();
    assertThat(isRefused(host, at("10.77.0.1", 9090), container, local)).isTrue();

    firewall().unpublish(List.of(any, one));

    assertThat(isRefused(neighbour, at("198.51.100.1", 8080), container, web)).isTrue();
  }

  @Test
  void doesNotLetContainersReachTheHostsLoopback() {
    // Its own loopback is down, so it sends packets for 127.0.0.2 to its gateway.
    NetworkNamespace container = namespace();
    onHost(
        () -> {
          driver.up(NETWORK);
          driver.attach(
              NETWORK, endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"), container);
        });
    container.call(
        io(() -> Files.writeString(Path.of("/proc/sys/net/ipv4/conf/eth0/route_localnet"), "1")));
    InetSocketAddress loopback = at("127.0.0.2", 7000);

    assertThat(isRefused(container, loopback, host, loopback)).isTrue();

    firewall().delete();

    assertThat(connects(container, loopback, host, loopback)).as("without the rule").isTrue();
  }

  @Test
  void hasIpv6() {
    NetworkPlan network =
        network(
            "c",
            new SubnetPlan(Cidr.parse("10.79.0.0/24"), Cidr.address("10.79.0.1")),
            new SubnetPlan(Cidr.parse("fd00:79::/64"), Cidr.address("fd00:79::1")));
    NetworkNamespace first =
        container(
            network,
            endpoint(
                "1",
                "eth0",
                List.of(Cidr.address("10.79.0.1"), Cidr.address("fd00:79::1")),
                "10.79.0.2/24",
                "fd00:79::2/64"));
    NetworkNamespace second =
        container(network, endpoint("2", "eth0", "10.79.0.3/24", "fd00:79::3/64"));
    PortForward forward =
        new PortForward(6, Cidr.address("::"), 8080, Cidr.address("fd00:79::2"), 80);
    firewall().publish(List.of(forward));

    assertThat(reaches(first, second, "fd00:79::3")).isTrue();
    assertThat(connects(host, at("fd00:79::1", 8080), first, at("fd00:79::2", 80))).isTrue();
  }

  @Test
  void leavesNoRules() {
    NetworkNamespace container =
        container(NETWORK, endpoint("1", "eth0", List.of(GATEWAY), "10.77.0.2/24"));
    onHost(
        () -> {
          driver.detach(NETWORK, endpoint("1", "eth0", "10.77.0.2/24"), container);
          driver.down(NETWORK);
          firewall().delete();
        });

    assertThat(firewall().exists()).isFalse();
  }

  @Test
  void warnsOfAFirewallThatDropsWhatIsForwarded() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nft (Debian: nftables)");
    String rules =
        "table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; }";
    Process nft =
        host.call(io(() -> new ProcessBuilder("/usr/sbin/nft", rules).inheritIO().start()));
    assertThat(nft.waitFor()).isZero();

    List<String> warnings = host.call(() -> driver.up(NETWORK));

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .contains("filter FORWARD")
        .contains("iptables -I FORWARD -i br-aaaaaaaaaaaa -j ACCEPT");
    assertThat(host.call(() -> driver.up(with(OTHER, true, Map.of())))).isEmpty();
  }

  @Test
  void hasTheHostForward() {
    Path setting = Path.of("/proc/sys/net/ipv4/ip_forward");
    onHost(() -> io(() -> Files.writeString(setting, "0")).get());

    assertThat(host.call(() -> driver.up(NETWORK))).isEmpty();

    assertThat(host.call(io(() -> Files.readString(setting))).strip()).isEqualTo("1");
  }

  @Test
  void refusesAnInterfaceOfOthers() {
    host.route().createBridge("br0", "", new MacAddress("02:00:00:00:00:98"), 1500);
    NetworkPlan network = with(NETWORK, false, Map.of("com.docker.network.bridge.name", "br0"));

    assertThatThrownBy(() -> onHost(() -> driver.up(network)))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("br0");
    onHost(() -> driver.down(network));
    assertThat(hostLinks()).contains("br0");
  }

  @Test
  void refusesOptionsThatItDoesNotKnow() {
    assertThatThrownBy(() -> driver.check(with(NETWORK, false, Map.of("bridge.color", "red"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("bridge.color");
    assertThatThrownBy(
            () -> driver.check(with(NETWORK, false, Map.of("com.docker.network.driver.mtu", "12"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("68 to 65535");
  }

  @Test
  void removesBridgesThatNoNetworkHas() {
    onHost(
        () -> {
          driver.up(NETWORK);
          driver.up(OTHER);
          ((BridgeDriver) driver).removeStale(List.of(OTHER));
        });

    assertThat(hostLinks()).contains("br-bbbbbbbbbbbb").doesNotContain("br-aaaaaaaaaaaa");
  }
}
