package io.berth.net.linux;

import io.berth.net.Cidr;
import io.berth.net.linux.NftRule.Family;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Changes to one table of nf_tables that the kernel makes all at once or not at all.
 *
 * <pre>{@code
 * NftBatch.on("berth-1f").table().chain(chain).rule("forward", rule).send(socket);
 * }</pre>
 */
public final class NftBatch {
  private static final int SUBSYSTEM = 10 << 8;
  private static final int BEGIN = 16;
  private static final int END = 17;
  private static final int INET = 1;
  private static final int IPV4 = 2;
  private static final int NEWTABLE = SUBSYSTEM;
  private static final int DELTABLE = SUBSYSTEM | 2;
  private static final int NEWCHAIN = SUBSYSTEM | 3;
  private static final int NEWRULE = SUBSYSTEM | 6;
  private static final int DELRULE = SUBSYSTEM | 8;
  private static final int NEWSET = SUBSYSTEM | 9;
  private static final int NEWELEMENT = SUBSYSTEM | 12;
  private static final int DELELEMENT = SUBSYSTEM | 14;
  private static final int LIST_ELEMENT = 1;
  private static final int DATA_VALUE = 1;
  private static final int SET_INTERVAL = 4;
  private static final int SET_MAP = 8;
  private static final int INTERVAL_END = 1;
  private static final int MANY = 500;

  private final String table;
  private final int family;
  private final List<NetlinkMessage> messages = new ArrayList<>();
  private int sets;

  private NftBatch(String table, int family) {
    this.table = table;
    this.family = family;
  }

  /** On a table for both versions of IP. */
  public static NftBatch on(String table) {
    return new NftBatch(table, INET);
  }

  /** On a table for IPv4 alone. */
  public static NftBatch onIpv4(String table) {
    return new NftBatch(table, IPV4);
  }

  private static byte[] header(int family, int resource) {
    return new byte[] {(byte) family, 0, (byte) (resource >> 8), (byte) resource};
  }

  private NetlinkMessage add(int type, int flags) {
    NetlinkMessage message =
        new NetlinkMessage(
            type, NetlinkMessage.REQUEST | NetlinkMessage.ACK | flags, header(family, 0));
    messages.add(message);
    return message.string(1, table);
  }

  /** Makes the table, unless it is there. */
  public NftBatch table() {
    add(NEWTABLE, NetlinkMessage.CREATE);
    return this;
  }

  /** Removes the table with all that is in it. */
  public NftBatch deleteTable() {
    add(DELTABLE, 0);
    return this;
  }

  /** Where in the kernel a chain is called; the values are those of NF_INET_. */
  public enum Hook {
    PREROUTING(0),
    FORWARD(2),
    OUTPUT(3),
    POSTROUTING(4);

    private final int number;

    Hook(int number) {
      this.number = number;
    }
  }

  /**
   * Makes a chain that lets packets pass, unless it is there.
   *
   * @param type {@code filter} or {@code nat}
   */
  public NftBatch chain(String name, String type, Hook hook, int priority) {
    add(NEWCHAIN, NetlinkMessage.CREATE)
        .string(3, name)
        .nested(4, h -> h.be32(1, hook.number).be32(2, priority))
        .be32(5, 1)
        .string(7, type);
    return this;
  }

  /** Takes all rules out of a chain. */
  public NftBatch flush(String chain) {
    add(DELRULE, 0).string(2, chain);
    return this;
  }

  public NftBatch rule(String chain, NftRule rule) {
    add(NEWRULE, NetlinkMessage.CREATE | NetlinkMessage.APPEND)
        .string(2, chain)
        .nested(4, rule::write);
    return this;
  }

  /** A type of nft(8), by its number and its size in registers. */
  public enum Type {
    IPV4_ADDRESS(7, 4),
    IPV6_ADDRESS(8, 16),
    PROTOCOL(12, 4),
    PORT(13, 4),
    INTERFACE_NAME(41, 16);

    private final int number;
    private final int size;

    Type(int number, int size) {
      this.number = number;
      this.size = size;
    }

    static Type of(Family family) {
      return family == Family.IPV4 ? IPV4_ADDRESS : IPV6_ADDRESS;
    }
  }

  /** Makes a set, unless it is there. */
  public NftBatch set(String name, List<Type> key) {
    describe(name, 0, key);
    return this;
  }

  /** Makes a set of ranges, unless it is there. */
  public NftBatch ranges(String name, Type key) {
    describe(name, SET_INTERVAL, List.of(key));
    return this;
  }

  /** Makes a map, unless it is there. */
  public NftBatch map(String name, List<Type> key, List<Type> value) {
    describe(name, SET_MAP, key).be32(6, number(value)).be32(7, size(value));
    return this;
  }

  private NetlinkMessage describe(String name, int flags, List<Type> key) {
    return add(NEWSET, NetlinkMessage.CREATE)
        .string(2, name)
        .be32(3, flags)
        .be32(4, number(key))
        .be32(5, size(key))
        .be32(10, ++sets);
  }

  private static int number(List<Type> types) {
    return types.stream().mapToInt(t -> t.number).reduce(0, (a, b) -> a << 6 | b);
  }

  private static int size(List<Type> types) {
    return types.stream().mapToInt(t -> t.size).sum();
  }

  /** Adds to a set; what is there stays. */
  public NftBatch addMembers(String set, Set<Key> members) {
    elements(NEWELEMENT, NetlinkMessage.CREATE, set, List.copyOf(members), Map.of());
    return this;
  }

  /** Adds to a map; refused when a key is there with another value. */
  public NftBatch addEntries(String map, Map<Key, Key> entries) {
    elements(NEWELEMENT, NetlinkMessage.CREATE, map, List.copyOf(entries.keySet()), entries);
    return this;
  }

  /** Removes keys; refused when one is not there. */
  public NftBatch remove(String set, Set<Key> keys) {
    elements(DELELEMENT, 0, set, List.copyOf(keys), Map.of());
    return this;
  }

  /** Adds a network to a set of ranges; refused when one overlaps it. */
  public NftBatch addRange(String set, Cidr network) {
    range(NEWELEMENT, NetlinkMessage.CREATE, set, network);
    return this;
  }

  /** Removes a network; refused when it is not there. */
  public NftBatch removeRange(String set, Cidr network) {
    range(DELELEMENT, 0, set, network);
    return this;
  }

  private void range(int type, int flags, String set, Cidr network) {
    byte[] first = network.network().address().getAddress();
    byte[] after = network.nth(network.size()).getAddress();
    add(type, flags)
        .string(2, set)
        .nested(
            3,
            list ->
                list.nested(LIST_ELEMENT, e -> e.nested(1, d -> d.bytes(DATA_VALUE, first)))
                    .nested(
                        LIST_ELEMENT,
                        e -> e.nested(1, d -> d.bytes(DATA_VALUE, after)).be32(3, INTERVAL_END)));
  }

  private void elements(int type, int flags, String set, List<Key> keys, Map<Key, Key> values) {
    // An attribute's length has 16 bits.
    for (int from = 0; from < keys.size(); from += MANY) {
      List<Key> some = keys.subList(from, Math.min(keys.size(), from + MANY));
      add(type, flags)
          .string(2, set)
          .nested(
              3,
              list -> some.forEach(key -> list.nested(LIST_ELEMENT, e -> element(e, key, values))));
    }
  }

  private static void element(NetlinkMessage message, Key key, Map<Key, Key> values) {
    message.nested(1, d -> d.bytes(DATA_VALUE, key.bytes()));
    if (values.containsKey(key)) {
      message.nested(2, d -> d.bytes(DATA_VALUE, values.get(key).bytes()));
    }
  }

  /** Has the kernel make the changes. */
  public void send(NftSocket socket) {
    socket.send(table, framed(), messages.size());
  }

  private List<NetlinkMessage> framed() {
    List<NetlinkMessage> all = new ArrayList<>();
    all.add(edge(BEGIN));
    all.addAll(messages);
    all.add(edge(END));
    return all;
  }

  private static NetlinkMessage edge(int type) {
    return new NetlinkMessage(type, NetlinkMessage.REQUEST, header(0, 10));
  }

  /** What {@link #send} would write to its socket, for a process that does it later. */
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int sequence = 1;
    for (NetlinkMessage message : framed()) {
      out.writeBytes(message.encode(sequence++));
    }
    return out.toByteArray();
  }
}
