package io.berth.net.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import io.berth.net.linux.Link;
import io.berth.net.linux.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every driver does whose networks have addresses. The host of these tests is a network
 * namespace of their own.
 */
public abstract class NetworkDriverContract {
  protected static final NetworkPlan NETWORK =
      network("a", new SubnetPlan(Cidr.parse("10.77.0.0/24"), Cidr.address("10.77.0.1")));
  private static final int PORT = 4000;
  private static final int LONG_MILLIS = 60_000;
  // A SYN that is lost while a neighbour is looked for is sent again after one second.
  private static final int LOST_MILLIS = 3500;

  private final List<NetworkNamespace> namespaces = new ArrayList<>();
  protected NetworkNamespace host;
  protected NetworkDriver driver;

  /** Makes the driver; called in the host's namespace. */
  protected abstract NetworkDriver open();

  protected static NetworkPlan network(String digit, SubnetPlan... subnets) {
    return new NetworkPlan(digit.repeat(64), "test-" + digit, false, List.of(subnets), Map.of());
  }

  @BeforeEach
  void makeHost() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    host = namespace();
    host.route().linkUp("lo");
    driver = host.call(this::open);
  }

  @AfterEach
  void close() {
    namespaces.forEach(NetworkNamespace::close);
  }

  protected NetworkNamespace namespace() {
    NetworkNamespace made = NetworkNamespace.create();
    namespaces.add(made);
    return made;
  }

  protected void onHost(Runnable action) {
    host.call(
        () -> {
          action.run();
          return true;
        });
  }

  protected static EndpointPlan endpoint(String id, String interfaceName, String... addresses) {
    return endpoint(id, interfaceName, List.of(), addresses);
  }

  protected static EndpointPlan endpoint(
      String id, String interfaceName, List<InetAddress> gateways, String... addresses) {
    return new EndpointPlan(
        id.repeat(64),
        interfaceName,
        MacAddress.of(new byte[] {2, 0, 0, 0, 0, (byte) id.charAt(0)}),
        List.of(addresses).stream().map(Cidr::parse).toList(),
        gateways);
  }

  /** Whether something that listens in one namespace is reached from another. */
  protected static boolean reaches(NetworkNamespace from, NetworkNamespace to, String address) {
    InetSocketAddress target = new InetSocketAddress(Cidr.address(address), PORT);
    return connects(from, target, to, target);
  }

  protected static boolean isApart(NetworkNamespace from, NetworkNamespace to, String address) {
    InetSocketAddress target = new InetSocketAddress(Cidr.address(address), PORT);
    return isRefused(from, target, to, target);
  }

  protected static boolean connects(
      NetworkNamespace from,
      InetSocketAddress target,
      NetworkNamespace listening,
      InetSocketAddress at) {
    return connects(from, target, listening, at, LONG_MILLIS);
  }

  /** Whether no connection comes in the time in which one would. */
  protected static boolean isRefused(
      NetworkNamespace from,
      InetSocketAddress target,
      NetworkNamespace listening,
      InetSocketAddress at) {
    return !connects(from, target, listening, at, LOST_MILLIS);
  }

  private static boolean connects(
      NetworkNamespace from,
      InetSocketAddress target,
      NetworkNamespace listening,
      InetSocketAddress at,
      int millis) {
    try (ServerSocket server =
            listening.call(io(() -> new ServerSocket(at.getPort(), 5, at.getAddress())));
        Socket socket = new Socket()) {
      return from.call(
          () -> {
            try {
              socket.connect(target, millis);
              return true;
            } catch (IOException e) {
              return false;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Something that may fail to read or write. */
  @FunctionalInterface
  protected interface IoSupplier<T> {
    T get() throws IOException;
  }

  protected static <T> Supplier<T> io(IoSupplier<T> action) {
    return () -> {
      try {
        return action.get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  protected List<String> hostLinks() {
    return host.route().links().stream().map(Link::name).toList();
  }

  @Test
  void connectsTheContainersOfANetwork() {
    NetworkNamespace first = namespace();
    NetworkNamespace second = namespace();

    onHost(
        () -> {
          driver.up(NETWORK);
          driver.attach(NETWORK, endpoint("1", "eth0", "10.77.0.2/24"), first);
          driver.attach(NETWORK, endpoint("2", "eth0", "10.77.0.3/24"), second);
        });

    assertThat(reaches(first, second, "10.77.0.3")).isTrue();
    assertThat(reaches(host, second, "10.77.0.3")).isTrue();
    assertThat(reaches(second, host, "10.77.0.1")).isTrue();
  }

  @Test
  void isUpOnlyOnce() {
    onHost(() -> driver.up(NETWORK));
    List<String> before = hostLinks();

    onHost(() -> driver.up(NETWORK));

    assertThat(hostLinks()).isEqualTo(before);
  }

  @Test
  void leavesNothing() {
    List<String> before = hostLinks();
    NetworkNamespace container = namespace();
    EndpointPlan endpoint = endpoint("1", "eth0", "10.77.0.2/24");

    onHost(
        () -> {
          driver.up(NETWORK);
          driver.attach(NETWORK, endpoint, container);
          driver.detach(NETWORK, endpoint, container);
          driver.down(NETWORK);
        });

    assertThat(hostLinks()).isEqualTo(before);
    assertThat(container.route().link("eth0")).isEmpty();
  }

  @Test
  void doesNothingWhereNothingIs() {
    NetworkNamespace container = namespace();

    assertThatCode(
            () ->
                onHost(
                    () -> {
                      driver.detach(NETWORK, endpoint("1", "eth0", "10.77.0.2/24"), container);
                      driver.down(NETWORK);
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesASubnetThatTheHostUses() {
    NetworkPlan other =
        network("b", new SubnetPlan(Cidr.parse("10.77.0.128/25"), Cidr.address("10.77.0.129")));
    onHost(() -> driver.up(NETWORK));
    List<String> before = hostLinks();

    assertThatThrownBy(() -> onHost(() -> driver.up(other)))
        .isInstanceOf(SubnetClashException.class)
        .hasMessageContaining("10.77.0.128/25");
    assertThat(hostLinks()).isEqualTo(before);
  }

  @Test
  void attachesWhollyOrNotAtAll() {
    NetworkNamespace container = namespace();
    onHost(() -> driver.up(NETWORK));
    List<String> before = hostLinks();
    // A gateway that no address of the container reaches.
    EndpointPlan wrong = endpoint("1", "eth0", List.of(Cidr.address("192.0.2.1")), "10.77.0.2/24");

    assertThatThrownBy(() -> onHost(() -> driver.attach(NETWORK, wrong, container)))
        .hasMessageContaining("set addresses");
    assertThat(hostLinks()).isEqualTo(before);
    assertThat(container.route().link("eth0")).isEmpty();
  }
}
