package io.berth.net.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The table {@code filter} of the kernel's firewall before nf_tables, which {@code iptables-legacy}
 * writes: what it does to forwarded packets that none of its rules takes.
 *
 * @param drops whether it drops those
 * @param chains the bytes of its rules, in which the names of its chains are
 */
public record LegacyFilter(boolean drops, byte[] chains) {
  private static final int GET_INFO = 64;
  private static final int GET_ENTRIES = 65;
  private static final int NAME = 32;
  private static final int FORWARD = 2;
  private static final int INFO_SIZE = NAME + 4 + 2 * 5 * 4 + 8;
  private static final int UNDERFLOWS = NAME + 4 + 5 * 4;
  private static final int SIZE = INFO_SIZE - 4;
  private static final int ENTRIES = 40;
  private static final int DROP = -1; // -NF_DROP - 1

  /**
   * Where in a rule the offset of its target is: behind what it compares (ipt_entry, ip6t_entry).
   */
  private static final int TARGET_IPV4 = 88;

  private static final int TARGET_IPV6 = 140;
  private static final int VERDICT = 32;

  public LegacyFilter {
    chains = chains.clone();
  }

  /** In the namespace of the calling thread; empty where nobody has written such rules. */
  public static Optional<LegacyFilter> ofIpv4() {
    return read("/proc/thread-self/net/ip_tables_names", NetCalls.AF_INET, 0, TARGET_IPV4);
  }

  /** The same for IPv6. */
  public static Optional<LegacyFilter> ofIpv6() {
    return read("/proc/thread-self/net/ip6_tables_names", NetCalls.AF_INET6, 41, TARGET_IPV6);
  }

  /** Whether it has a chain of this name. */
  public boolean mentions(String chain) {
    return new String(chains, StandardCharsets.ISO_8859_1).contains(chain);
  }

  private static Optional<LegacyFilter> read(String names, int family, int level, int target) {
    try {
      // To ask for a table that nobody uses would make one.
      if (!Files.readAllLines(Path.of(names)).contains("filter")) {
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    int socket =
        NetCalls.socket(family, NetCalls.SOCK_RAW | NetCalls.SOCK_CLOEXEC, NetCalls.IPPROTO_RAW);
    if (socket < 0) {
      return Optional.empty();
    }
    try {
      byte[] info = named(INFO_SIZE);
      if (NetCalls.getsockopt(socket, level, GET_INFO, info, new int[] {info.length}) < 0) {
        return Optional.empty();
      }
      ByteBuffer in = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
      int policy = in.getInt(UNDERFLOWS + 4 * FORWARD);
      int size = in.getInt(SIZE);
      byte[] all = named(ENTRIES + size);
      ByteBuffer.wrap(all).order(ByteOrder.nativeOrder()).putInt(NAME, size);
      if (NetCalls.getsockopt(socket, level, GET_ENTRIES, all, new int[] {all.length}) < 0) {
        return Optional.empty(); // it has changed just now
      }
      return Optional.of(parse(Arrays.copyOfRange(all, ENTRIES, all.length), policy, target));
    } finally {
      NetCalls.close(socket);
    }
  }

  private static byte[] named(int size) {
    byte[] bytes = new byte[size];
    System.arraycopy("filter".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 6);
    return bytes;
  }

  /**
   * @param policy where the rule is that stands for the chain's policy
   * @param target where in a rule the offset of its target is
   */
  static LegacyFilter parse(byte[] rules, int policy, int target) {
    ByteBuffer in = ByteBuffer.wrap(rules).order(ByteOrder.nativeOrder());
    int offset = Short.toUnsignedInt(in.getShort(policy + target));
    return new LegacyFilter(in.getInt(policy + offset + VERDICT) == DROP, rules);
  }
}
