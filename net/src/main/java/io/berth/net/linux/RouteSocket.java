package io.berth.net.linux;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.net.Cidr;
import io.berth.net.MacAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Links, addresses and routes of the namespace that the calling thread was in when this was made
 * (rtnetlink(7)), or of another ({@link NetworkNamespace#route()}). Thread-safe.
 */
public final class RouteSocket implements AutoCloseable {
  private static final int NEWLINK = 16;
  private static final int DELLINK = 17;
  private static final int GETLINK = 18;
  private static final int NEWADDR = 20;
  private static final int GETADDR = 22;
  private static final int NEWROUTE = 24;
  private static final int GETROUTE = 26;

  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_IFALIAS = 20;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int INFO_KIND = 1;
  private static final int INFO_DATA = 2;
  private static final int INFO_SLAVE_KIND = 4;
  private static final int INFO_SLAVE_DATA = 5;
  private static final int VETH_PEER = 1;
  private static final int PORT_HAIRPIN = 4;
  private static final int PORT_ISOLATED = 33;

  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_BROADCAST = 4;
  private static final int IFA_F_NODAD = 2;
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int TABLE_LOCAL = 255;
  private static final int TABLE_MAIN = 254;
  private static final int PROTOCOL_BOOT = 3;
  private static final int UNICAST = 1;
  private static final int UP = 1;
  private static final int IFINFO = 16;

  private final NetlinkSocket socket;

  public RouteSocket() {
    this(NetlinkSocket.here(NetlinkSocket.ROUTE));
  }

  RouteSocket(NetlinkSocket socket) {
    this.socket = socket;
  }

  private static byte[] ifinfo(int index, int flags, int change) {
    return NetlinkMessage.fixed(IFINFO)
        .putInt(0)
        .putInt(index)
        .putInt(flags)
        .putInt(change)
        .array();
  }

  private static NetlinkMessage request(int type, int flags, byte[] fixed) {
    return new NetlinkMessage(type, NetlinkMessage.REQUEST | NetlinkMessage.ACK | flags, fixed);
  }

  /** All interfaces. */
  public List<Link> links() {
    NetlinkMessage all =
        new NetlinkMessage(GETLINK, NetlinkMessage.REQUEST | NetlinkMessage.DUMP, ifinfo(0, 0, 0));
    return socket.dump("list interfaces", all).stream().map(RouteSocket::link).toList();
  }

  /** The interface of this name. */
  public Optional<Link> link(String name) {
    NetlinkMessage one =
        new NetlinkMessage(GETLINK, NetlinkMessage.REQUEST, ifinfo(0, 0, 0))
            .string(IFLA_IFNAME, name);
    try {
      return Optional.of(link(socket.ask("find interface " + name, one)));
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Link link(NetlinkSocket.Reply reply) {
    NetlinkAttributes a = reply.attributes(IFINFO);
    return new Link(
        reply.payload().getInt(4),
        a.string(IFLA_IFNAME).orElse(""),
        a.nested(IFLA_LINKINFO).string(INFO_KIND),
        a.string(IFLA_IFALIAS),
        a.u32(IFLA_MASTER),
        a.u32(IFLA_MTU).orElse(0),
        (reply.payload().getInt(8) & UP) != 0);
  }

  /**
   * Makes a bridge, still down.
   *
   * @param alias a remark by which its maker finds it again
   * @throws SystemCallException EEXIST when the name is taken
   */
  public void createBridge(String name, String alias, MacAddress mac, int mtu) {
    // The kernel takes no alias in the message that makes an interface.
    socket.request(
        "make bridge " + name,
        request(NEWLINK, NetlinkMessage.CREATE | NetlinkMessage.EXCL, ifinfo(0, 0, 0))
            .string(IFLA_IFNAME, name)
            .bytes(IFLA_ADDRESS, mac.bytes())
            .u32(IFLA_MTU, mtu)
            .nested(IFLA_LINKINFO, i -> i.string(INFO_KIND, "bridge")),
        request(NEWLINK, 0, ifinfo(0, 0, 0)).string(IFLA_IFNAME, name).string(IFLA_IFALIAS, alias));
  }

  /**
   * A pair of connected interfaces.
   *
   * @param name the host's end, a port of the bridge
   * @param peer the other end's name in the namespace; it is down
   * @param isolated whether it may speak with the bridge alone, not with its other ports
   */
  public record Pair(
      String name,
      int bridge,
      String peer,
      NetworkNamespace namespace,
      MacAddress mac,
      int mtu,
      boolean isolated) {}

  public void createPair(Pair pair) {
    NetlinkMessage make =
        request(NEWLINK, NetlinkMessage.CREATE | NetlinkMessage.EXCL, ifinfo(0, UP, UP))
            .string(IFLA_IFNAME, pair.name())
            .u32(IFLA_MTU, pair.mtu())
            .u32(IFLA_MASTER, pair.bridge())
            .nested(
                IFLA_LINKINFO,
                info ->
                    info.string(INFO_KIND, "veth")
                        .nested(INFO_DATA, data -> data.nested(VETH_PEER, p -> peer(p, pair))));
    // A container may speak to itself through a port that it publishes on the host.
    NetlinkMessage port =
        request(NEWLINK, 0, ifinfo(0, 0, 0))
            .string(IFLA_IFNAME, pair.name())
            .nested(
                IFLA_LINKINFO,
                info ->
                    info.string(INFO_SLAVE_KIND, "bridge")
                        .nested(
                            INFO_SLAVE_DATA,
                            data ->
                                data.u8(PORT_HAIRPIN, 1)
                                    .u8(PORT_ISOLATED, pair.isolated() ? 1 : 0)));
    socket.request("connect " + pair.name() + " to bridge", make, port);
  }

  private static void peer(NetlinkMessage message, Pair pair) {
    // Still down: the kernel cannot open it before it knows the other end.
    message
        .raw(ifinfo(0, 0, 0))
        .string(IFLA_IFNAME, pair.peer())
        .bytes(IFLA_ADDRESS, pair.mac().bytes())
        .u32(IFLA_MTU, pair.mtu())
        .u32(IFLA_NET_NS_FD, pair.namespace().descriptor());
  }

  /**
   * Waits until an interface, whose other end has come up, passes on what is sent to it; by itself
   * the kernel sees to that a little later.
   */
  public void awaitCarrier(String name) {
    socket.awaitCarrier(name);
  }

  /** Takes an interface into use. */
  public void linkUp(String name) {
    socket.request(
        "bring up " + name, request(NEWLINK, 0, ifinfo(0, UP, UP)).string(IFLA_IFNAME, name));
  }

  /** Removes an interface, and its other end if it has one; false when it is not there. */
  public boolean deleteLink(String name) {
    try {
      socket.request(
          "remove " + name, request(DELLINK, 0, ifinfo(0, 0, 0)).string(IFLA_IFNAME, name));
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ENODEV) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Brings an interface up, with addresses and default routes, in one call.
   *
   * @param addresses each with its prefix; those that are there already stay
   * @param gateways of the default routes
   */
  public void configure(int link, List<Cidr> addresses, List<InetAddress> gateways) {
    List<NetlinkMessage> messages = new ArrayList<>();
    messages.add(request(NEWLINK, 0, ifinfo(link, UP, UP)));
    for (Cidr address : addresses) {
      messages.add(address(link, address));
    }
    for (InetAddress gateway : gateways) {
      messages.add(defaultRoute(link, gateway));
    }
    socket.request("set addresses", messages.toArray(NetlinkMessage[]::new));
  }

  private static NetlinkMessage address(int link, Cidr address) {
    boolean ipv6 = address.isIpv6();
    byte[] fixed =
        NetlinkMessage.fixed(8)
            .put((byte) (ipv6 ? NetCalls.AF_INET6 : NetCalls.AF_INET))
            .put((byte) address.prefix())
            .put((byte) (ipv6 ? IFA_F_NODAD : 0))
            .put((byte) 0)
            .putInt(link)
            .array();
    NetlinkMessage message =
        request(NEWADDR, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, fixed)
            .bytes(IFA_LOCAL, address.address().getAddress())
            .bytes(IFA_ADDRESS, address.address().getAddress());
    return ipv6 ? message : message.bytes(IFA_BROADCAST, address.last().getAddress());
  }

  private static NetlinkMessage defaultRoute(int link, InetAddress gateway) {
    byte[] fixed =
        NetlinkMessage.fixed(12)
            .put((byte) (gateway.getAddress().length == 16 ? NetCalls.AF_INET6 : NetCalls.AF_INET))
            .put((byte) 0)
            .put((byte) 0)
            .put((byte) 0)
            .put((byte) TABLE_MAIN)
            .put((byte) PROTOCOL_BOOT)
            .put((byte) 0)
            .put((byte) UNICAST)
            .putInt(0)
            .array();
    return request(NEWROUTE, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, fixed)
        .bytes(RTA_GATEWAY, gateway.getAddress())
        .u32(RTA_OIF, link);
  }

  /** The addresses of all interfaces, each with its prefix and its interface. */
  public List<Route> addresses() {
    NetlinkMessage all =
        new NetlinkMessage(GETADDR, NetlinkMessage.REQUEST | NetlinkMessage.DUMP, new byte[8]);
    List<Route> found = new ArrayList<>();
    for (NetlinkSocket.Reply reply : socket.dump("list addresses", all)) {
      NetlinkAttributes a = reply.attributes(8);
      int prefix = Byte.toUnsignedInt(reply.payload().get(1));
      a.bytes(IFA_LOCAL)
          .or(() -> a.bytes(IFA_ADDRESS))
          .ifPresent(
              bytes ->
                  found.add(
                      new Route(Cidr.of(bytes, prefix), Optional.of(reply.payload().getInt(4)))));
    }
    return found;
  }

  /** The routes of all tables but the kernel's own for its local addresses. */
  public List<Route> routes() {
    NetlinkMessage all =
        new NetlinkMessage(GETROUTE, NetlinkMessage.REQUEST | NetlinkMessage.DUMP, new byte[12]);
    List<Route> found = new ArrayList<>();
    for (NetlinkSocket.Reply reply : socket.dump("list routes", all)) {
      ByteBuffer fixed = reply.payload();
      int family = fixed.get(0);
      boolean ip = family == NetCalls.AF_INET || family == NetCalls.AF_INET6;
      if (!ip || Byte.toUnsignedInt(fixed.get(4)) == TABLE_LOCAL || fixed.get(7) != UNICAST) {
        continue;
      }
      NetlinkAttributes a = reply.attributes(12);
      byte[] destination = a.bytes(RTA_DST).orElse(new byte[family == NetCalls.AF_INET ? 4 : 16]);
      found.add(new Route(Cidr.of(destination, Byte.toUnsignedInt(fixed.get(1))), a.u32(RTA_OIF)));
    }
    return found;
  }

  @Override
  public void close() {
    socket.close();
  }
}
