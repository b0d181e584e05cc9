package io.berth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Network;
import io.berth.api.NetworkMode;
import io.berth.error.BerthException;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.net.bridge.BridgeDriver;
import io.berth.net.driver.Bridges;
import io.berth.net.linux.NamespaceCalls;
import io.berth.net.linux.NetworkNamespace;
import io.berth.network.Ground;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Networks on a host without nf_tables, and on one that lets nobody make bridges. */
class NoFirewallIT {
  @RegisterExtension
  final TestEngine fixture =
      TestEngine.with(builder -> builder.ground(new Host(new NoFirewall(NamespaceCalls.own()))));

  @RegisterExtension
  final TestEngine bare = TestEngine.with(builder -> builder.ground(new NoBridges(Ground.host())));

  private record Host(NamespaceCalls calls) implements Ground {
    @Override
    public Bridges bridges(String engine, Path home) {
      return BridgeDriver.on(
          NetworkNamespace.open(Path.of("/proc/self/ns/net"), calls), engine, home);
    }

    @Override
    public NetworkNamespace create() {
      return NetworkNamespace.create(calls);
    }

    @Override
    public NetworkNamespace open(Path file) {
      return NetworkNamespace.open(file, calls);
    }
  }

  /** As a kernel without nf_tables says it. */
  private record NoFirewall(NamespaceCalls own) implements NamespaceCalls {
    private static final int NETFILTER = 12;
    private static final int EPROTONOSUPPORT = 93;

    @Override
    public int makeNamespace() {
      return own.makeNamespace();
    }

    @Override
    public int openNamespace(Path file) {
      return own.openNamespace(file);
    }

    @Override
    public int netlink(int namespace, int protocol) {
      if (protocol == NETFILTER) {
        throw new SystemCallException("socket", "netlink", EPROTONOSUPPORT);
      }
      return own.netlink(namespace, protocol);
    }

    @Override
    public int setting(int namespace, String name, boolean write) {
      return own.setting(namespace, name, write);
    }
  }

  /** As for a process without CAP_NET_ADMIN. */
  private record NoBridges(Ground host) implements Ground {
    @Override
    public Bridges bridges(String engine, Path home) {
      Bridges real = host.bridges(engine, home);
      return (Bridges)
          Proxy.newProxyInstance(
              Bridges.class.getClassLoader(),
              new Class<?>[] {Bridges.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("up")) {
                  throw new SystemCallException("netlink make bridge", "", Errno.EPERM);
                }
                return method.invoke(real, arguments);
              });
    }

    @Override
    public NetworkNamespace create() {
      return host.create();
    }

    @Override
    public NetworkNamespace open(Path file) {
      return host.open(file);
    }
  }

  @BeforeEach
  void needsRoot() {
    assumeTrue(!fixture.isRootless(), "needs root, who has the host's bridges");
  }

  private static String fetch(String host, int port) {
    return Await.value(
        () -> {
          try (Socket socket = new Socket(InetAddress.getByName(host), port)) {
            socket
                .getOutputStream()
                .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String text =
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            // The helper takes connections before the server does.
            assertThat(text).isNotEmpty();
            return text;
          }
        });
  }

  @Test
  void publishedPortsGoThroughAProcessAndNamesAreFound() throws Exception {
    Engine berth = fixture.engine();
    Network network = berth.networks().create("front").execute();
    try (Container web =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .name("web")
                .network(network)
                .publish(80)
                .command("sh", "-c", "mkdir /www; echo of web > /www/index.html; httpd -f -h /www")
                .start();
        Container client =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .network(network)
                .command("sleep", "600")
                .start()) {
      int port = web.ports().get(0).hostPort();

      assertThat(fetch("127.0.0.1", port)).contains("of web");
      assertThat(fetch("::1", port)).contains("of web");
      String request = "printf 'GET / HTTP/1.0\r\n\r\n' | nc web 80";
      assertThat(client.exec("sh", "-c", request).execute().stdout()).contains("of web");
      assertThat(berth.warnings())
          .anyMatch(w -> w.contains("published ports go through a process"));
    }
  }

  @Test
  void withoutBridgesContainersThatAskForNoneHaveNoneAndAWarning() {
    Engine berth = bare.engine();
    try (Container c =
        berth.containers().create(TestEngine.IMAGE).command("ls", "/sys/class/net").start()) {
      assertThat(c.waitForExit()).isZero();

      assertThat(c.logs().stdout()).isEqualTo("lo\n");
      assertThat(berth.warnings())
          .anyMatch(w -> w.contains("Containers have no network here") && w.contains("EPERM"));
    }
  }

  @Test
  void withoutBridgesANetworkThatWasAskedForIsAnError() {
    assertThatThrownBy(
            () ->
                bare.engine()
                    .containers()
                    .create(TestEngine.IMAGE)
                    .network(NetworkMode.of("bridge"))
                    .command("true")
                    .start())
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("EPERM");
    assertThat(bare.engine().containers().list()).isEmpty();
  }
}
