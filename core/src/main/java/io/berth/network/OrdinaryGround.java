package io.berth.network;

import io.berth.linux.AgentNetworks;
import io.berth.net.driver.Bridges;
import io.berth.net.linux.NamespaceCalls;
import io.berth.net.linux.NetworkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an ordinary user's networks stand on. His user namespace has a network namespace in which he
 * is root: the bridges are there, made as on the host, and one process connects it to the host
 * ({@link Uplink}). Containers have any networks and names so, for the price of one process. Ports
 * of the host are sockets of the host that their monitors hold, and helpers in the namespace pass
 * connections on: that program is not asked for it, since pasta takes no more ports once it runs,
 * and neither of them chooses a free one.
 */
public final class OrdinaryGround implements Ground, NamespaceCalls {
  private final AgentNetworks agent;
  private final UplinkStarter starter;
  private Optional<Uplink> uplink = Optional.empty();

  public OrdinaryGround(AgentNetworks agent, UplinkStarter starter) {
    this.agent = agent;
    this.starter = starter;
  }

  @Override
  public synchronized Bridges bridges(String engine, Path home) {
    Uplink made = new Uplink(new NetworkFiles(home), engine, this, starter);
    uplink = Optional.of(made);
    return new UplinkBridges(made);
  }

  @Override
  public NetworkNamespace create() {
    return NetworkNamespace.create(this);
  }

  @Override
  public NetworkNamespace open(Path file) {
    return NetworkNamespace.open(file, this);
  }

  @Override
  public synchronized List<Integer> passed(NetworkNamespace namespace) {
    return uplink.orElseThrow().passed(namespace);
  }

  @Override
  public int makeNamespace() {
    return agent.create();
  }

  @Override
  public int openNamespace(Path file) {
    return agent.open(file.toString());
  }

  @Override
  public int netlink(int namespace, int protocol) {
    return agent.netlink(namespace, protocol);
  }

  @Override
  public int setting(int namespace, String name, boolean write) {
    return agent.setting(namespace, name, write);
  }

  @Override
  public void close() {
    agent.close();
  }
}
