package io.berth.net.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.SubnetPlan;
import io.berth.net.linux.Link;
import io.berth.net.linux.NamespaceCalls;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.RefusingCalls;
import io.berth.net.linux.RouteSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host has in the way of networks: other firewalls, settings, leftovers of others. */
class HostObstaclesIT {
  private static final String BRIDGE = "br-aaaaaaaaaaaa";
  private static final NetworkPlan NETWORK = plan("a", 77);

  @TempDir Path home;
  private final List<AutoCloseable> open = new ArrayList<>();
  private NetworkNamespace host;

  private static NetworkPlan plan(String digit, int subnet) {
    SubnetPlan addresses =
        new SubnetPlan(
            Cidr.parse("10." + subnet + ".0.0/24"), Cidr.address("10." + subnet + ".0.1"));
    return new NetworkPlan(digit.repeat(64), "test-" + digit, false, List.of(addresses), Map.of());
  }

  @BeforeEach
  void makeHost() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    host = NetworkNamespace.create();
    open.add(host);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private BridgeDriver driver(String engine) {
    BridgeDriver driver = host.call(() -> BridgeDriver.open(engine, home));
    open.add(driver);
    return driver;
  }

  private void run(String program, String... arguments) throws Exception {
    Path file = Path.of("/usr/sbin", program);
    assumeTrue(Files.isExecutable(file), "needs " + program + " (script/setup installs it)");
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(Arrays.asList(arguments));
    Process process =
        host.call(
            () -> {
              try {
                return new ProcessBuilder(command).redirectErrorStream(true).start();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    String said = new String(process.getInputStream().readAllBytes());
    int code = process.waitFor();
    boolean lacking = said.contains("does not exist") || said.contains("not supported");
    assumeTrue(!lacking, "needs a kernel with " + program + ": " + said);
    assertThat(code).as(said).isZero();
  }

  @Test
  void thePolicyOfIptablesLegacyIsSeen() throws Exception {
    run("iptables-legacy", "-A", "FORWARD", "-s", "192.0.2.1", "-j", "ACCEPT");
    assertThat(driver("one").up(NETWORK)).as("it accepts").isEmpty();

    run("iptables-legacy", "-P", "FORWARD", "DROP");

    assertThat(driver("one").up(NETWORK))
        .singleElement()
        .asString()
        .contains("FORWARD of iptables-legacy")
        .contains("iptables-legacy -I FORWARD -i " + BRIDGE + " -j ACCEPT");
  }

  @Test
  void thePolicyOfIptablesLegacyForIpv6IsSeenByNetworksWithIpv6() throws Exception {
    run("ip6tables-legacy", "-P", "FORWARD", "DROP");
    assertThat(driver("one").up(NETWORK)).isEmpty();
    SubnetPlan ipv6 = new SubnetPlan(Cidr.parse("fd00:79::/64"), Cidr.address("fd00:79::1"));
    NetworkPlan both =
        new NetworkPlan(
            "b".repeat(64), "both", false, List.of(ipv6, plan("b", 78).subnets().get(0)), Map.of());

    assertThat(driver("one").up(both))
        .singleElement()
        .asString()
        .contains("ip6tables-legacy -I FORWARD -o br-bbbbbbbbbbbb -j ACCEPT");
  }

  @Test
  void aTableThatNobodyUsesIsNotMade() throws Exception {
    driver("one").up(NETWORK);

    List<String> tables =
        host.call(
            () -> {
              try {
                Path file = Path.of("/proc/thread-self/net/ip_tables_names");
                return Files.exists(file) ? Files.readAllLines(file) : List.of();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(tables).isEmpty();
  }

  @Test
  void firewalldIsNamed() throws Exception {
    run(
        "nft",
        "table inet firewalld { chain filter_FORWARD { type filter hook forward priority 10;"
            + " policy accept; reject with icmpx admin-prohibited; }; }");

    assertThat(driver("one").up(NETWORK))
        .singleElement()
        .asString()
        .contains("firewall-cmd --permanent --zone=trusted --add-interface=" + BRIDGE);
  }

  @Test
  void ufwIsNamed() throws Exception {
    run(
        "nft",
        "table ip filter { chain ufw-before-forward { }; chain FORWARD { type filter hook forward"
            + " priority 0; policy drop; jump ufw-before-forward; }; }");

    assertThat(driver("one").up(NETWORK))
        .singleElement()
        .asString()
        .contains("ufw route allow in on " + BRIDGE);
  }

  private BridgeDriver driverBy(NamespaceCalls calls) {
    Path file = host.path();
    BridgeDriver driver = BridgeDriver.on(NetworkNamespace.open(file, calls), "one", home);
    open.add(driver);
    return driver;
  }

  @Test
  void aHostThatDoesNotForwardAndMayNotBeToldSaysWhatToDo() {
    host.set("ipv4/ip_forward", "0");

    assertThat(driverBy(RefusingCalls.withoutSettings()).up(NETWORK))
        .singleElement()
        .asString()
        .contains("does not forward IPv4")
        .contains("sysctl -w net.ipv4.ip_forward=1");
  }

  @Test
  void withoutNfTablesBridgesStayAndAWarningSaysWhatIsMissing() {
    BridgeDriver driver = driverBy(RefusingCalls.withoutFirewall());

    assertThat(driver.up(NETWORK))
        .singleElement()
        .asString()
        .contains("Firewall rules may not be written here")
        .contains("published ports go through a process");
    assertThat(driver.publishes()).isFalse();
    assertThat(driver.isUp(NETWORK)).isTrue();
    driver.down(NETWORK);
    assertThat(host.route().link(BRIDGE)).isEmpty();
  }

  // ---- Leftovers --------------------------------------------------------------------------------

  private List<String> links() {
    return host.route().links().stream().map(Link::name).toList();
  }

  private void makeHome(Path directory, String engine) throws IOException {
    Files.createDirectories(directory.resolve("networks"));
    Files.writeString(directory.resolve("networks/engine"), engine);
  }

  @Test
  void whatAnEngineLeftWhoseDirectoryIsGoneIsRemoved(@TempDir Path others) throws Exception {
    makeHome(others, "left");
    BridgeDriver left = host.call(() -> BridgeDriver.open("left", others));
    open.add(left);
    left.up(NETWORK);
    BridgeDriver mine = driver("mine");
    mine.up(plan("b", 78));

    mine.removeAbandoned();
    assertThat(links()).as("its directory is there").contains(BRIDGE);
    assertThat(left.firewall().orElseThrow().exists()).isTrue();

    Files.delete(others.resolve("networks/engine"));
    mine.removeAbandoned();
    assertThat(links()).doesNotContain(BRIDGE).contains("br-bbbbbbbbbbbb");
    assertThat(left.firewall().orElseThrow().exists()).isFalse();
    assertThat(mine.firewall().orElseThrow().exists()).isTrue();

    left.up(NETWORK);
    assertThat(left.isUp(NETWORK)).as("it makes it again if it needs it after all").isTrue();
  }

  @Test
  void aBridgeThatSomethingIsConnectedToStays(@TempDir Path others) throws Exception {
    makeHome(others, "left");
    BridgeDriver left = host.call(() -> BridgeDriver.open("left", others));
    open.add(left);
    left.up(NETWORK);
    NetworkNamespace container = NetworkNamespace.create();
    open.add(container);
    host.route()
        .createPair(
            new RouteSocket.Pair(
                "vethx",
                host.route().link(BRIDGE).orElseThrow().index(),
                "eth0",
                container,
                new MacAddress("02:00:00:00:00:05"),
                1500,
                false));
    Files.delete(others.resolve("networks/engine"));

    driver("mine").removeAbandoned();

    assertThat(links()).contains(BRIDGE);
    assertThat(left.firewall().orElseThrow().exists()).isTrue();
  }

  @Test
  void aDirectoryThatMovedKeepsItsBridges(@TempDir Path elsewhere) throws Exception {
    driver("one").up(NETWORK);
    BridgeDriver moved = host.call(() -> BridgeDriver.open("one", elsewhere));
    open.add(moved);

    assertThat(moved.up(NETWORK)).isEmpty();
    moved.removeStale(List.of(NETWORK));
    assertThat(links()).contains(BRIDGE);
    moved.down(NETWORK);
    assertThat(links()).doesNotContain(BRIDGE);
  }
}
