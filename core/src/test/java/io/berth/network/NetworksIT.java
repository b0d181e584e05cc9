package io.berth.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Endpoint;
import io.berth.api.Network;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.SubnetSpec;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Networks with real containers: addresses, names, several networks, and what is refused. */
class NetworksIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @AfterEach
  void removeAll() {
    FIXTURE.engine().containers().list().forEach(c -> c.remove(true));
    FIXTURE.engine().networks().prune();
  }

  private static Network network(String name) {
    return FIXTURE.engine().networks().create(name).execute();
  }

  private static Container start(String name, UnaryOperator<CreateRequest> more) {
    return more.apply(FIXTURE.engine().containers().create(TestEngine.IMAGE).name(name))
        .command("sleep", "600")
        .start();
  }

  private static Container start(String name, Network network) {
    return start(name, r -> r.network(network));
  }

  private static String run(Container container, String script) {
    return container.exec("sh", "-c", script + " 2>&1").execute().stdout();
  }

  private static boolean pings(Container from, String to) {
    return exitCode(from, "ping", "-c", "1", "-W", "30", to) == 0;
  }

  /** Whether no answer comes in the time in which one would. */
  private static boolean cannotPing(Container from, String to) {
    return exitCode(from, "ping", "-c", "1", "-W", "1", to) != 0;
  }

  private static int exitCode(Container container, String... command) {
    return container.exec(command).execute().exitCode();
  }

  /** A web server, as busybox has one. */
  private static void serve(Container container, String text) {
    run(container, "mkdir -p /www; echo " + text + " > /www/index.html; httpd -p 80 -h /www");
  }

  private static String fetch(Container from, String host) {
    // Debian's static busybox crashes in wget.
    String answer =
        run(from, "printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n' | nc -w 30 " + host + " 80");
    return answer.substring(answer.lastIndexOf("\n\r\n") + 1).strip();
  }

  private static String addressOf(Container container) {
    return container.networks().get(0).address();
  }

  @Test
  void containersOfANetworkFindEachOtherByName() {
    Network one = network("one");
    Container web = start("web", r -> r.network(one).networkAlias("www"));
    Container client = start("client", one);
    serve(web, "hello");

    assertThat(pings(client, "web")).isTrue();
    assertThat(pings(web, "client")).isTrue();
    assertThat(fetch(client, "web")).isEqualTo("hello");
    assertThat(fetch(client, "www")).isEqualTo("hello");
    assertThat(fetch(client, web.id().substring(0, 12))).isEqualTo("hello");
    assertThat(fetch(client, "WEB.one")).isEqualTo("hello");
    assertThat(run(client, "nslookup " + addressOf(web))).contains("web.one");
  }

  @Test
  void networksAreApart() {
    Container first = start("first", network("one"));
    Container second = start("second", network("two"));

    assertThat(cannotPing(first, "second")).isTrue();
    assertThat(cannotPing(first, addressOf(second))).isTrue();
    assertThat(cannotPing(second, addressOf(first))).isTrue();
  }

  @Test
  void aContainerIsInSeveralNetworks() {
    Network one = network("one");
    Network two = network("two");
    Container first = start("first", one);
    Container second = start("second", two);
    Container both = start("both", r -> r.network(one).network(two));

    assertThat(both.networks()).extracting(Endpoint::networkName).containsExactly("one", "two");
    assertThat(both.networks()).extracting(Endpoint::interfaceName).containsExactly("eth0", "eth1");
    assertThat(pings(first, "both")).isTrue();
    assertThat(pings(second, "both")).isTrue();
    assertThat(pings(both, "first")).isTrue();
    assertThat(pings(both, "second")).isTrue();
    assertThat(cannotPing(first, "second")).isTrue();
  }

  @Test
  void runningContainersAreConnectedAndDisconnected() {
    Network one = network("one");
    Network two = network("two");
    Container other = start("other", two);
    Container mover = start("mover", one);
    assertThat(cannotPing(mover, "other")).isTrue();

    two.connect(mover).alias("guest").execute();

    assertThat(pings(mover, "other")).isTrue();
    assertThat(pings(other, "guest")).isTrue();
    assertThat(two.endpoints()).extracting(Endpoint::containerName).contains("mover", "other");

    one.disconnect(mover);

    assertThat(run(mover, "ls /sys/class/net")).isEqualTo("eth1\nlo\n");
    assertThat(run(mover, "ip route")).startsWith("default via");
    assertThat(pings(mover, "other")).isTrue();
    assertThat(one.endpoints()).isEmpty();

    two.disconnect(mover);

    assertThat(run(mover, "ls /sys/class/net")).isEqualTo("lo\n");
    assertThat(cannotPing(other, "guest")).isTrue();
    assertThatThrownBy(() -> two.disconnect(mover)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void whatAContainerWasConnectedToItHasWhenItStartsAgain() {
    Network one = network("one");
    Network two = network("two");
    Container container = start("it", one);
    two.connect(container).execute();

    container.restart(java.time.Duration.ZERO);

    assertThat(container.networks())
        .extracting(Endpoint::networkName)
        .containsExactly("one", "two");
  }

  @Test
  void aContainerOfTheDefaultNetworkIsConnectedToAnother() {
    Network one = network("one");
    Container named = start("named", one);
    Container container = start("plain", r -> r);
    assertThat(run(container, "cat /etc/resolv.conf")).doesNotContain("127.0.0.11");

    one.connect(container).execute();

    assertThat(run(container, "cat /etc/resolv.conf")).contains("nameserver 127.0.0.11");
    assertThat(pings(container, "named")).isTrue();
    assertThat(pings(named, "plain")).isTrue();
  }

  @Test
  void thoseWhoShareANameGetTheirTurns() {
    Network one = network("one");
    Container first = start("w1", r -> r.network(one).networkAlias("work"));
    Container second = start("w2", r -> r.network(one).networkAlias("work"));
    Container client = start("client", one);

    String answer = run(client, "nslookup -type=a work");
    assertThat(answer).contains(addressOf(first)).contains(addressOf(second));

    String gone = addressOf(second);
    second.stop(java.time.Duration.ZERO);

    assertThat(run(client, "nslookup -type=a work"))
        .contains(addressOf(first))
        .doesNotContain(gone);
  }

  @Test
  void aLinkIsANameForOneContainerOnly() {
    Network one = network("one");
    Container db = start("db", one);
    Container app = start("app", r -> r.network(one).link("db", "database"));
    Container other = start("other", one);

    assertThat(pings(app, "database")).isTrue();
    assertThat(cannotPing(other, "database")).isTrue();
    assertThat(pings(app, "db")).isTrue();
    assertThat(db.state().status().isActive()).isTrue();
  }

  @Test
  void inTheDefaultNetworkALinkIsALineInHosts() {
    Container db = start("db", r -> r.expose("5432").env("PGDATA", "/data"));
    Container app =
        start("app", r -> r.link("db", "data-base").env("DATA_BASE_PORT_5432_TCP_PROTO", "mine"));

    assertThat(pings(app, "data-base")).isTrue();
    String ip = db.networks().get(0).ip().orElseThrow().split("/")[0];
    assertThat(run(app, "tr '\\0' '\\n' < /proc/1/environ").lines())
        .contains(
            "DATA_BASE_NAME=/app/data-base",
            "DATA_BASE_PORT=tcp://" + ip + ":5432",
            "DATA_BASE_PORT_5432_TCP=tcp://" + ip + ":5432",
            "DATA_BASE_PORT_5432_TCP_ADDR=" + ip,
            "DATA_BASE_PORT_5432_TCP_PORT=5432",
            "DATA_BASE_PORT_5432_TCP_PROTO=mine",
            "DATA_BASE_ENV_PGDATA=/data")
        .noneMatch(v -> v.startsWith("DATA_BASE_ENV_PATH="));
    assertThat(run(app, "nslookup db")).doesNotContain("Name:");
    assertThatThrownBy(() -> start("lost", r -> r.link("nobody", "x")))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("nobody");
  }

  @Test
  void aLinkIsToANameBeforeItIsToTheFirstDigitsOfAnId() {
    Container other = start("other", r -> r);
    Container named = start(other.id().substring(0, 2), r -> r);
    Container app = start("app", r -> r.link(named.name(), "it"));

    String ip = named.networks().get(0).ip().orElseThrow().split("/")[0];
    assertThat(run(app, "grep -w it /etc/hosts")).startsWith(ip);
  }

  @Test
  void addressesAndTheInterfaceCanBeChosen() {
    Network given =
        FIXTURE
            .engine()
            .networks()
            .create("given")
            .subnet(SubnetSpec.of("10.213.7.0/24").gateway("10.213.7.254").range("10.213.7.128/25"))
            .subnet("fd00:213:7::/64")
            .option("com.docker.network.driver.mtu", "1300")
            .execute();
    Container fixed =
        start(
            "fixed",
            r -> r.network(given).ip("10.213.7.9").ip6("fd00:213:7::99").mac("02:00:00:00:00:42"));
    Container any = start("any", given);

    assertThat(run(fixed, "ip address show dev eth0"))
        .contains("10.213.7.9/24")
        .contains("fd00:213:7::99/64")
        .contains("02:00:00:00:00:42")
        .contains("mtu 1300");
    assertThat(run(fixed, "ip route")).contains("default via 10.213.7.254");
    assertThat(addressOf(any)).isEqualTo("10.213.7.128");
    assertThat(exitCode(any, "ping", "-6", "-c", "1", "-W", "30", "fixed")).isZero();
    assertThat(run(any, "nslookup -type=aaaa fixed")).contains("fd00:213:7::99");
    assertThat(run(any, "cat /etc/hosts")).contains("10.213.7.128").contains("fd00:213:7::");
  }

  @Test
  void internalNetworksLeadNowhere() {
    Network inside = FIXTURE.engine().networks().create("inside").internal(true).execute();
    Container first = start("first", inside);
    Container second = start("second", inside);

    assertThat(pings(first, "second")).isTrue();
    assertThat(run(first, "ip route")).doesNotContain("default");
    assertThat(run(second, "nslookup example.org")).contains("NXDOMAIN");
  }

  @Test
  void aNetworkIsSharedWithAnotherContainer() {
    Network one = network("one");
    Container web = start("web", one);
    Container beside = start("beside", r -> r.network(NetworkMode.container("web")));
    Container client = start("client", one);
    serve(web, "hello");

    assertThat(fetch(beside, "127.0.0.1")).isEqualTo("hello");
    assertThat(pings(beside, "client")).isTrue();
    assertThat(beside.networks()).isEmpty();
    assertThat(cannotPing(client, "beside")).isTrue();
  }

  @Test
  void withoutNetworkThereIsLoopbackOnly() {
    Container none = start("lonely", r -> r.network(NetworkMode.NONE));

    assertThat(run(none, "ls /sys/class/net")).isEqualTo("lo\n");
    assertThatThrownBy(() -> network("one").connect(none).execute())
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("none");
  }

  @Test
  void theHostIsReachedByTheNameThatItIsGiven() {
    Container container = start("it", r -> r.extraHost("outside", "host-gateway"));

    assertThat(pings(container, "outside")).isTrue();
  }

  @Test
  void theNamespaceLastsWhenTheContainerIsStartedAgainByItsMonitor() throws Exception {
    Network one = network("one");
    Container restarting =
        FIXTURE
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .name("phoenix")
            .network(one)
            .restart(io.berth.api.RestartPolicy.ALWAYS)
            .command("sh", "-c", "ip address show dev eth0; sleep 600")
            .start();
    Endpoint before = restarting.networks().get(0);

    long first = restarting.pid().orElse(0);
    new ProcessBuilder("kill", "-9", String.valueOf(first)).start().waitFor();
    Await.until(() -> restarting.state().restarts() == 1 && restarting.pid().isPresent());

    assertThat(restarting.networks()).containsExactly(before);
    Container client = start("client", one);
    assertThat(pings(client, "phoenix")).isTrue();
    assertThat(pings(restarting, "client")).isTrue();
  }

  @Test
  void badNetworksAreRefusedAndChangeNothing() {
    List<Network> before = FIXTURE.engine().networks().list();
    network("taken");
    var networks = FIXTURE.engine().networks();

    assertThatThrownBy(() -> networks.create("taken").execute())
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("taken");
    assertThatThrownBy(() -> networks.create("a b"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a b");
    for (String subnet :
        List.of("10.0.0.1/8", "10.0.0.0", "300.0.0.0/8", "10.0.0.0/31", "127.0.0.0/8", "x/24")) {
      assertThatThrownBy(() -> networks.create("bad").subnet(subnet).execute())
          .as(subnet)
          .isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(
            () ->
                networks
                    .create("bad")
                    .subnet(SubnetSpec.of("10.213.9.0/24").gateway("10.9.9.9"))
                    .execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("10.9.9.9");
    assertThatThrownBy(() -> networks.create("bad").option("color", "red").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("color");
    assertThatThrownBy(() -> networks.create("bad").driver("pigeon").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("pigeon");
    assertThatThrownBy(() -> networks.get("bridge").remove()).isInstanceOf(ConflictException.class);

    networks.get("taken").remove();
    assertThat(FIXTURE.engine().networks().list())
        .extracting(Network::id)
        .isEqualTo(before.stream().map(Network::id).toList());
  }

  @Test
  void subnetsThatAreInUseAreRefused() {
    var networks = FIXTURE.engine().networks();
    networks.create("first").subnet("10.213.10.0/24").execute();

    assertThatThrownBy(() -> networks.create("second").subnet("10.213.0.0/16").execute())
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("first");
    assertThat(networks.find("second")).isEmpty();
  }

  @Test
  void wrongConnectionsAreRefusedAndChangeNothing() {
    Network chosen = network("chosen");
    Network given = FIXTURE.engine().networks().create("given").subnet("10.213.11.0/24").execute();
    start("holder", r -> r.network(given).ip("10.213.11.5"));

    assertThatThrownBy(() -> start("a", r -> r.network(NetworkMode.of("nowhere"))))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> start("a", r -> r.network(chosen).ip("172.17.0.9")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("made with a subnet");
    assertThatThrownBy(() -> start("a", r -> r.network(given).ip("10.9.9.9")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("10.213.11.0/24");
    assertThatThrownBy(() -> start("b", r -> r.network(given).ip("10.213.11.5")))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("in use");
    assertThatThrownBy(() -> start("c", r -> r.network(given).network(chosen).ip("1.2.3")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1.2.3");
    assertThatThrownBy(given::remove)
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("holder");
    assertThat(given.endpoints()).extracting(Endpoint::containerName).containsExactly("holder");
    assertThat(chosen.endpoints()).isEmpty();
  }

  @Test
  void driversOfOthersAreFound() {
    Network dummy = FIXTURE.engine().networks().create("dummies").driver("dummy").execute();
    Container it = start("it", dummy);

    assertThat(run(it, "ls /sys/class/net")).isEqualTo("dummy0\nlo\n");
    assertThat(it.networks().get(0).mac())
        .isEqualTo(run(it, "cat /sys/class/net/dummy0/address").strip());

    dummy.disconnect(it);

    assertThat(run(it, "ls /sys/class/net")).isEqualTo("lo\n");
  }

  @Test
  void attachmentsCanBeGivenAsValues() {
    Network one = network("one");
    Container a =
        start("a", r -> r.network(NetworkAttachment.to(one.name()).alias("x").alias("y")));

    assertThat(a.networks().get(0).names()).contains("a", "x", "y", a.id().substring(0, 12));
  }
}
