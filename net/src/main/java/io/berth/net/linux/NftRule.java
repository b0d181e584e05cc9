package io.berth.net.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A rule of nf_tables, as the small programs that the kernel runs for it: each step loads into
 * registers, compares, looks up, or decides. The registers are of four bytes, from 0 on.
 *
 * <pre>{@code
 * NftRule.of().interfaceIn(0).equal(0, NftRule.name("br0")).ipv4(1).masquerade();
 * }</pre>
 */
public final class NftRule {
  private static final int LIST_ELEMENT = 1;
  private static final int EXPRESSION_NAME = 1;
  private static final int EXPRESSION_DATA = 2;
  private static final int FIRST_REGISTER = 8; // NFT_REG32_00
  private static final int VERDICT_REGISTER = 0;
  private static final int DATA_VALUE = 1;
  private static final int DATA_VERDICT = 2;
  private static final int NAME_SIZE = 16;

  /** What a rule decides; the values are the kernel's. */
  public enum Verdict {
    DROP(0),
    ACCEPT(1),
    RETURN(-5);

    private final int code;

    Verdict(int code) {
      this.code = code;
    }
  }

  /** IP's two versions, by the numbers of NFPROTO. */
  public enum Family {
    IPV4(2, 12, 16, 4),
    IPV6(10, 8, 24, 16);

    final int number;
    private final int source;
    private final int destination;
    private final int size;

    Family(int number, int source, int destination, int size) {
      this.number = number;
      this.source = source;
      this.destination = destination;
      this.size = size;
    }

    /** How many bytes an address has. */
    public int size() {
      return size;
    }
  }

  private final List<Consumer<NetlinkMessage>> steps = new ArrayList<>();

  private NftRule() {}

  public static NftRule of() {
    return new NftRule();
  }

  private NftRule step(String name, Consumer<NetlinkMessage> data) {
    steps.add(
        message ->
            message.nested(
                LIST_ELEMENT, e -> e.string(EXPRESSION_NAME, name).nested(EXPRESSION_DATA, data)));
    return this;
  }

  private static int register(int number) {
    return FIRST_REGISTER + number;
  }

  private NftRule meta(int register, int key) {
    return step("meta", m -> m.be32(1, register(register)).be32(2, key));
  }

  /** Goes on for packets of this version only. */
  public NftRule family(Family family) {
    return meta(0, 15).equal(0, new byte[] {(byte) family.number});
  }

  /** Loads the name of the interface that the packet came in by; four registers. */
  public NftRule interfaceIn(int register) {
    return meta(register, 6);
  }

  /** Loads the name of the interface that the packet leaves by; four registers. */
  public NftRule interfaceOut(int register) {
    return meta(register, 7);
  }

  /** Loads the protocol above IP. */
  public NftRule protocol(int register) {
    return meta(register, 16);
  }

  /** Loads the source address: one register, or four. */
  public NftRule source(Family family, int register) {
    return payload(register, 1, family.source, family.size);
  }

  /** Loads the destination address: one register, or four. */
  public NftRule destination(Family family, int register) {
    return payload(register, 1, family.destination, family.size);
  }

  /** Loads the destination port of TCP, UDP and SCTP. */
  public NftRule port(int register) {
    return payload(register, 2, 2, 2);
  }

  private NftRule payload(int register, int base, int offset, int length) {
    return step(
        "payload",
        p -> p.be32(1, register(register)).be32(2, base).be32(3, offset).be32(4, length));
  }

  /** Keeps the first bits of what a register begins with. */
  public NftRule keepBits(int register, int size, int bits) {
    byte[] mask = new byte[size];
    for (int i = 0; i < bits; i++) {
      mask[i / 8] |= (byte) (0x80 >> i % 8);
    }
    return mask(register, mask);
  }

  private NftRule mask(int register, byte[] mask) {
    return step(
        "bitwise",
        b ->
            b.be32(1, register(register))
                .be32(2, register(register))
                .be32(3, mask.length)
                .nested(4, d -> d.bytes(DATA_VALUE, mask))
                .nested(5, d -> d.bytes(DATA_VALUE, new byte[mask.length])));
  }

  /** Goes on where a register begins with this value. */
  public NftRule equal(int register, byte[] value) {
    return compare(register, 0, value);
  }

  /** Goes on where it does not. */
  public NftRule differs(int register, byte[] value) {
    return compare(register, 1, value);
  }

  private NftRule compare(int register, int operation, byte[] value) {
    return step(
        "cmp",
        c ->
            c.be32(1, register(register))
                .be32(2, operation)
                .nested(3, d -> d.bytes(DATA_VALUE, value)));
  }

  /** Goes on where the set has the value that begins at the register. */
  public NftRule in(String set, int register) {
    return step("lookup", l -> l.string(1, set).be32(2, register(register)));
  }

  /** Goes on where the map has it, with what it maps to from another register on. */
  public NftRule map(String map, int register, int result) {
    return step(
        "lookup", l -> l.string(1, map).be32(2, register(register)).be32(3, register(result)));
  }

  /** Goes on for connections that are known, or belong to one. */
  public NftRule established() {
    return connection(0, 2 | 4);
  }

  /** Goes on for connections whose destination was translated. */
  public NftRule translated() {
    return connection(2, 1 << 5);
  }

  private NftRule connection(int key, int bits) {
    step("ct", c -> c.be32(1, register(0)).be32(2, key));
    mask(0, number(bits));
    return differs(0, number(0));
  }

  /** Goes on for packets to an address of this host. */
  public NftRule toThisHost() {
    // Flags: by the destination. Result: its type, which is RTN_LOCAL.
    step("fib", f -> f.be32(1, register(0)).be32(2, 3).be32(3, 2));
    return equal(0, number(2));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  public NftRule verdict(Verdict verdict) {
    return step(
        "immediate",
        i ->
            i.be32(1, VERDICT_REGISTER)
                .nested(2, d -> d.nested(DATA_VERDICT, v -> v.be32(1, verdict.code))));
  }

  /** Sends the connection to the address and port in registers. */
  public NftRule translate(Family family, int address, int port) {
    return step(
        "nat",
        n ->
            n.be32(1, 1).be32(2, family.number).be32(3, register(address)).be32(5, register(port)));
  }

  /** Loads a constant. */
  public NftRule constant(int register, byte[] value) {
    return step(
        "immediate", i -> i.be32(1, register(register)).nested(2, d -> d.bytes(DATA_VALUE, value)));
  }

  /** Makes the connection come from this host's address. */
  public NftRule masquerade() {
    return step("masq", m -> {});
  }

  void write(NetlinkMessage message) {
    steps.forEach(s -> s.accept(message));
  }

  /** An interface's name as registers and sets have it. */
  public static byte[] name(String name) {
    return Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), NAME_SIZE);
  }
}
