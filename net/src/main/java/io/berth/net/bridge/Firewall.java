package io.berth.net.bridge;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.net.Cidr;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.PortForward;
import io.berth.net.driver.SubnetPlan;
import io.berth.net.linux.Key;
import io.berth.net.linux.NftBatch;
import io.berth.net.linux.NftBatch.Hook;
import io.berth.net.linux.NftBatch.Type;
import io.berth.net.linux.NftRule;
import io.berth.net.linux.NftRule.Family;
import io.berth.net.linux.NftRule.Verdict;
import io.berth.net.linux.NftSocket;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of one engine's bridges: a table of its own, so that engines and other firewalls on the
 * host do not meet. Its rules never change; what does is in sets and maps, which grow and shrink by
 * single elements. Every change is one batch, which the kernel makes whole or not at all.
 *
 * <ul>
 *   <li>{@code raw}: what comes from a container for 127.0.0.0/8 is dropped; the bridges accept
 *       such packets ({@code route_localnet}) for the sake of answers to localhost.
 *   <li>{@code arriving}, {@code leaving}: published ports (DNAT), from outside and from this host.
 *   <li>{@code forward}: to a bridge only what is part of a connection, comes from the bridge
 *       itself, or was translated from a published port; from and to internal networks nothing.
 *   <li>{@code source}: containers reach other hosts with this host's address (masquerade), and
 *       themselves and each other through published ports.
 * </ul>
 */
public final class Firewall implements AutoCloseable {
  // The rules' version is in the name: a newer Berth makes its own.
  private static final String PREFIX = "berth1-";
  private static final String BRIDGES = "bridges";
  private static final String PAIRS = "same";
  private static final String INTERNAL = "internal";
  private static final byte[] LOOPBACK = {127};
  private static final byte[] LOOPBACK6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  // Before conntrack, with NAT, as a filter; the kernel's usual places.
  private static final int RAW = -300;
  private static final int DESTINATION_NAT = -100;
  private static final int FILTER = 0;
  private static final int SOURCE_NAT = 100;

  private final String table;
  private final NftSocket socket;

  /** In the namespace of the calling thread. */
  public Firewall(String engine) {
    this(engine, new NftSocket());
  }

  /**
   * @param engine whose rules they are
   * @param socket of the namespace that has the bridges; closed with this
   */
  Firewall(String engine, NftSocket socket) {
    this.table = PREFIX + engine;
    this.socket = socket;
  }

  /** Whether its table is there; it goes with a restart of the host or {@code flush ruleset}. */
  public boolean exists() {
    return socket.tables().contains(table);
  }

  private static String subnets(Family family) {
    return family == Family.IPV4 ? "subnets4" : "subnets6";
  }

  private static String masquerading(Family family) {
    return family == Family.IPV4 ? "outgoing4" : "outgoing6";
  }

  /** Ports of any address of this host. */
  private static String anywhere(Family family) {
    return family == Family.IPV4 ? "ports4" : "ports6";
  }

  /** Ports of one address. */
  private static String bound(Family family) {
    return family == Family.IPV4 ? "bound4" : "bound6";
  }

  private void addTable(NftBatch batch) {
    batch.table();
    batch.set(BRIDGES, List.of(Type.INTERFACE_NAME));
    batch.set(INTERNAL, List.of(Type.INTERFACE_NAME));
    batch.set(PAIRS, List.of(Type.INTERFACE_NAME, Type.INTERFACE_NAME));
    batch.chain("raw", "filter", Hook.PREROUTING, RAW);
    batch.chain("arriving", "nat", Hook.PREROUTING, DESTINATION_NAT);
    batch.chain("leaving", "nat", Hook.OUTPUT, DESTINATION_NAT);
    batch.chain("forward", "filter", Hook.FORWARD, FILTER);
    batch.chain("source", "nat", Hook.POSTROUTING, SOURCE_NAT);

    batch.rule(
        "raw",
        // The address first: nearly all packets are done with then.
        NftRule.of()
            .family(Family.IPV4)
            .destination(Family.IPV4, 0)
            .keepBits(0, 4, 8)
            .equal(0, new byte[] {LOOPBACK[0], 0, 0, 0})
            .interfaceIn(0)
            .in(BRIDGES, 0)
            .verdict(Verdict.DROP));
    // ::1 cannot be routed, so the container's own helper passes such connections on.
    batch.rule(
        "leaving",
        NftRule.of()
            .family(Family.IPV6)
            .destination(Family.IPV6, 0)
            .equal(0, LOOPBACK6)
            .verdict(Verdict.RETURN));
    for (Family family : Family.values()) {
      Type address = family == Family.IPV4 ? Type.IPV4_ADDRESS : Type.IPV6_ADDRESS;
      batch.ranges(subnets(family), address);
      batch.ranges(masquerading(family), address);
      List<Type> target = List.of(address, Type.PORT);
      batch.map(anywhere(family), List.of(Type.PROTOCOL, Type.PORT), target);
      batch.map(bound(family), List.of(Type.PROTOCOL, address, Type.PORT), target);
      for (String chain : List.of("arriving", "leaving")) {
        batch.rule(chain, publishedAt(family));
        batch.rule(chain, published(family));
      }
    }
    addForwarding(batch);
    addSourceNat(batch);
  }

  private static NftRule toBridge() {
    return NftRule.of().interfaceOut(0).in(BRIDGES, 0);
  }

  private static NftRule publishedAt(Family family) {
    int words = family.size() / 4;
    return NftRule.of()
        .family(family)
        .toThisHost()
        .protocol(0)
        .destination(family, 1)
        .port(1 + words)
        .map(bound(family), 0, 8)
        .translate(family, 8, 8 + words);
  }

  private static NftRule published(Family family) {
    return NftRule.of()
        .family(family)
        .toThisHost()
        .protocol(0)
        .port(1)
        .map(anywhere(family), 0, 8)
        .translate(family, 8, 8 + family.size() / 4);
  }

  private static void addForwarding(NftBatch batch) {
    batch.rule("forward", NftRule.of().established().verdict(Verdict.ACCEPT));
    // Frames from port to port of one bridge come here where br_netfilter is on.
    batch.rule(
        "forward",
        NftRule.of().interfaceIn(0).interfaceOut(4).in(PAIRS, 0).verdict(Verdict.ACCEPT));
    batch.rule("forward", NftRule.of().interfaceIn(0).in(INTERNAL, 0).verdict(Verdict.DROP));
    batch.rule("forward", NftRule.of().interfaceOut(0).in(INTERNAL, 0).verdict(Verdict.DROP));
    batch.rule("forward", toBridge().translated().verdict(Verdict.ACCEPT));
    batch.rule("forward", toBridge().verdict(Verdict.DROP));
  }

  private static void addSourceNat(NftBatch batch) {
    batch.rule(
        "source",
        toBridge()
            .family(Family.IPV4)
            .source(Family.IPV4, 0)
            .keepBits(0, 4, 8)
            .equal(0, new byte[] {LOOPBACK[0], 0, 0, 0})
            .masquerade());
    for (Family family : Family.values()) {
      // Else the answer would take the short way over the bridge, and not be translated back.
      batch.rule(
          "source",
          toBridge()
              .family(family)
              .translated()
              .source(family, 0)
              .in(subnets(family), 0)
              .masquerade());
    }
    batch.rule("source", toBridge().verdict(Verdict.RETURN));
    for (Family family : Family.values()) {
      batch.rule(
          "source",
          NftRule.of().family(family).source(family, 0).in(masquerading(family), 0).masquerade());
    }
  }

  /** Adds a network; the table too, where that is not there. */
  public void add(NetworkPlan network) {
    NftBatch batch = NftBatch.on(table);
    boolean fresh = !exists();
    if (fresh) {
      addTable(batch);
    }
    BridgeOptions options = BridgeOptions.of(network);
    byte[] bridge = NftRule.name(options.bridge());
    batch.addMembers(BRIDGES, Set.of(Key.of(bridge)));
    batch.addMembers(PAIRS, Set.of(Key.of(bridge, bridge)));
    if (network.internal()) {
      batch.addMembers(INTERNAL, Set.of(Key.of(bridge)));
    }
    for (SubnetPlan subnet : network.subnets()) {
      Family family = family(subnet.subnet());
      batch.addRange(subnets(family), subnet.subnet());
      if (options.masquerade() && !network.internal()) {
        batch.addRange(masquerading(family), subnet.subnet());
      }
    }
    batch.send(socket);
  }

  /** Removes a network; does nothing when it is not there. */
  public void remove(NetworkPlan network) {
    if (!exists()) {
      return;
    }
    NftBatch batch = NftBatch.on(table);
    BridgeOptions options = BridgeOptions.of(network);
    byte[] bridge = NftRule.name(options.bridge());
    batch.remove(BRIDGES, Set.of(Key.of(bridge)));
    batch.remove(PAIRS, Set.of(Key.of(bridge, bridge)));
    if (network.internal()) {
      batch.remove(INTERNAL, Set.of(Key.of(bridge)));
    }
    for (SubnetPlan subnet : network.subnets()) {
      Family family = family(subnet.subnet());
      batch.removeRange(subnets(family), subnet.subnet());
      if (options.masquerade() && !network.internal()) {
        batch.removeRange(masquerading(family), subnet.subnet());
      }
    }
    try {
      batch.send(socket);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private static Family family(Cidr subnet) {
    return subnet.isIpv6() ? Family.IPV6 : Family.IPV4;
  }

  /** Publishes ports, in place of what was published at the same ones. */
  public void publish(Collection<PortForward> forwards) {
    if (forwards.isEmpty()) {
      return;
    }
    NftBatch batch = NftBatch.on(table);
    addPorts(batch, forwards);
    try {
      batch.send(socket);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      // Left by a monitor that was killed: its socket does not hold the port any more.
      forwards.forEach(f -> unpublish(List.of(f)));
      batch.send(socket);
    }
  }

  private static void addPorts(NftBatch batch, Collection<PortForward> forwards) {
    Map<String, Map<Key, Key>> maps = new HashMap<>();
    for (PortForward forward : forwards) {
      maps.computeIfAbsent(map(forward), m -> new HashMap<>())
          .put(key(forward), Key.of(forward.target().getAddress(), Key.port(forward.targetPort())));
    }
    maps.forEach(batch::addEntries);
  }

  /** Takes ports back; does nothing when they are not published. */
  public void unpublish(Collection<PortForward> forwards) {
    if (forwards.isEmpty()) {
      return;
    }
    try {
      removal(forwards).send(socket);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  private NftBatch removal(Collection<PortForward> forwards) {
    NftBatch batch = NftBatch.on(table);
    forwards.forEach(f -> batch.remove(map(f), Set.of(key(f))));
    return batch;
  }

  /** The messages that take ports back, for a process that sends them later. */
  public byte[] removalMessages(Collection<PortForward> forwards) {
    return forwards.isEmpty() ? new byte[0] : removal(forwards).encode();
  }

  private static String map(PortForward forward) {
    Family family = forward.target().getAddress().length == 4 ? Family.IPV4 : Family.IPV6;
    return forward.hostAddress().isAnyLocalAddress() ? anywhere(family) : bound(family);
  }

  private static Key key(PortForward forward) {
    byte[] protocol = {(byte) forward.protocol()};
    byte[] port = Key.port(forward.hostPort());
    InetAddress host = forward.hostAddress();
    return host.isAnyLocalAddress()
        ? Key.of(protocol, port)
        : Key.of(protocol, host.getAddress(), port);
  }

  /** Removes all rules. */
  public void delete() {
    if (exists()) {
      deleteTable(table);
    }
  }

  private void deleteTable(String name) {
    try {
      NftBatch.on(name).deleteTable().send(socket);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e; // else another was faster
      }
    }
  }

  /** Removes the tables of other engines, but for those that may still have bridges. */
  void deleteOthers(Set<String> engines) {
    for (String name : socket.tables()) {
      if (name.startsWith(PREFIX)
          && !name.equals(table)
          && !engines.contains(name.substring(PREFIX.length()))) {
        deleteTable(name);
      }
    }
  }

  /** What else speaks with the firewall here may use it; closed with this. */
  NftSocket socket() {
    return socket;
  }

  @Override
  public void close() {
    socket.close();
  }
}
