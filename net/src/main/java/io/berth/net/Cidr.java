package io.berth.net;

import io.berth.error.InvalidInputException;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * An address and how many of its first bits name the network: {@code 172.18.0.1/16}, {@code
 * fd00::/64}.
 *
 * <pre>{@code
 * Cidr subnet = Cidr.parse("172.18.0.0/16");
 * boolean inside = subnet.contains(Cidr.address("172.18.3.4"));
 * }</pre>
 */
public record Cidr(InetAddress address, int prefix) {

  public Cidr {
    int bits = address.getAddress().length * 8;
    if (prefix < 0 || prefix > bits) {
      throw new InvalidInputException(
          "Invalid prefix length " + prefix + ": expected 0 to " + bits);
    }
  }

  /**
   * @throws InvalidInputException when it is not an address with a prefix length
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
      throw new InvalidInputException(
          "Invalid subnet \"" + text + "\": expected an address and prefix, as 172.28.0.0/16");
    }
    return new Cidr(address(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  /**
   * An IP address, never looked up as a name.
   *
   * @throws InvalidInputException when it is not one
   */
  public static InetAddress address(String text) {
    if (!IpLiteral.isIp(text) || text.indexOf('%') >= 0) {
      throw new InvalidInputException(
          "Invalid IP address \"" + text + "\": expected one as 172.28.0.5 or fd00::5");
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new InvalidInputException("Invalid IP address \"" + text + "\"", e);
    }
  }

  /** Of 4 or 16 bytes. */
  public static Cidr of(byte[] address, int prefix) {
    return new Cidr(toAddress(address), prefix);
  }

  private static InetAddress toAddress(byte[] bytes) {
    try {
      // The general method takes an IPv6 address such as ::ffff:1.2.3.4 for an IPv4 one.
      return bytes.length == 16
          ? Inet6Address.getByAddress(null, bytes, -1)
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public boolean isIpv6() {
    return address.getAddress().length == 16;
  }

  private int bits() {
    return address.getAddress().length * 8;
  }

  private BigInteger value() {
    return new BigInteger(1, address.getAddress());
  }

  private BigInteger hostMask() {
    return BigInteger.ONE.shiftLeft(bits() - prefix).subtract(BigInteger.ONE);
  }

  /** The network alone: the other bits zero. */
  public Cidr network() {
    return new Cidr(toAddress(value().andNot(hostMask())), prefix);
  }

  /** The last address of the network; IPv4's broadcast address. */
  public InetAddress last() {
    return toAddress(value().or(hostMask()));
  }

  /** How many addresses it spans. */
  public BigInteger size() {
    return BigInteger.ONE.shiftLeft(bits() - prefix);
  }

  /** The n-th address of the network; the 0th is the network's own. */
  public InetAddress nth(BigInteger n) {
    return toAddress(value().andNot(hostMask()).add(n));
  }

  public InetAddress nth(long n) {
    return nth(BigInteger.valueOf(n));
  }

  /** Where an address lies in the network, counted from the network's own address. */
  public BigInteger indexOf(InetAddress member) {
    return new BigInteger(1, member.getAddress()).subtract(value().andNot(hostMask()));
  }

  public boolean contains(InetAddress other) {
    return other.getAddress().length * 8 == bits()
        && new Cidr(other, prefix).network().equals(network());
  }

  /** Whether any address is in both. */
  public boolean overlaps(Cidr other) {
    return isIpv6() == other.isIpv6()
        && (prefix <= other.prefix ? contains(other.address) : other.contains(address));
  }

  private InetAddress toAddress(BigInteger number) {
    byte[] all = number.toByteArray();
    byte[] bytes = new byte[bits() / 8];
    int take = Math.min(all.length, bytes.length);
    System.arraycopy(all, all.length - take, bytes, bytes.length - take, take);
    return toAddress(bytes);
  }

  @Override
  public String toString() {
    return text(address) + "/" + prefix;
  }

  /** An address as people write it: IPv6 with {@code ::} for its longest run of zeros. */
  public static String text(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return address.getHostAddress();
    }
    int[] groups = new int[8];
    Arrays.setAll(groups, i -> (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff);
    int start = -1;
    int longest = 1; // a single zero is written out
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > longest) {
        start = i;
        longest = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
