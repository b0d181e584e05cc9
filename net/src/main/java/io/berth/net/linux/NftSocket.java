package io.berth.net.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * nf_tables of the namespace that the calling thread was in when this was made, or of another
 * ({@link NetworkNamespace#nft()}). Thread-safe.
 */
public final class NftSocket implements AutoCloseable {
  private static final int SUBSYSTEM = 10 << 8;
  private static final int GETTABLE = SUBSYSTEM | 1;
  private static final int GETCHAIN = SUBSYSTEM | 4;
  private static final int FIXED = 4;

  private final NetlinkSocket socket;

  public NftSocket() {
    this(NetlinkSocket.here(NetlinkSocket.NETFILTER));
  }

  NftSocket(NetlinkSocket socket) {
    this.socket = socket;
  }

  void send(String table, List<NetlinkMessage> messages, int acknowledged) {
    socket.transact("change firewall table " + table, messages, acknowledged);
  }

  /** The names of the tables for both versions of IP at once. */
  public List<String> tables() {
    return socket.dump("list firewall tables", list(GETTABLE, 1)).stream()
        .flatMap(r -> r.attributes(FIXED).string(1).stream())
        .toList();
  }

  /**
   * A chain that the kernel calls.
   *
   * @param hook 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting
   */
  public record BaseChain(
      int family, String table, String name, int hook, boolean dropsByDefault) {}

  /** The names of all chains, each with its table: {@code filter FORWARD}. */
  public List<String> chains() {
    return socket.dump("list firewall chains", list(GETCHAIN, 0)).stream()
        .map(r -> r.attributes(FIXED))
        .map(a -> a.string(1).orElse("") + " " + a.string(3).orElse(""))
        .toList();
  }

  /** The chains of all families that the kernel calls. */
  public List<BaseChain> baseChains() {
    List<BaseChain> chains = new ArrayList<>();
    for (NetlinkSocket.Reply reply : socket.dump("list firewall chains", list(GETCHAIN, 0))) {
      NetlinkAttributes a = reply.attributes(FIXED);
      a.nested(4)
          .be32(1)
          .ifPresent(
              hook ->
                  chains.add(
                      new BaseChain(
                          reply.payload().get(0),
                          a.string(1).orElse(""),
                          a.string(3).orElse(""),
                          hook,
                          a.be32(5).orElse(1) == 0)));
    }
    return chains;
  }

  private static NetlinkMessage list(int type, int family) {
    return new NetlinkMessage(
        type, NetlinkMessage.REQUEST | NetlinkMessage.DUMP, new byte[] {(byte) family, 0, 0, 0});
  }

  @Override
  public void close() {
    socket.close();
  }
}
