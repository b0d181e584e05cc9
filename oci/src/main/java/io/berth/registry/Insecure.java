package io.berth.registry;

import io.berth.error.InvalidInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

/** Which registries need not have a certificate that is trusted. */
final class Insecure {
  private final Set<String> entries;

  /**
   * @param entries host, host and port, or a range of addresses
   */
  Insecure(Set<String> entries) {
    this.entries = Set.copyOf(entries);
    for (String entry : entries) {
      if (entry.contains("/") && !isRange(entry)) {
        throw new InvalidInputException(
            "Invalid insecure registry \""
                + entry
                + "\": expected host, host:port, or a range of addresses such as 10.0.0.0/8");
      }
    }
  }

  boolean allows(String address) {
    return isDeclared(address) || isLoopback(host(address));
  }

  /** Whether somebody said so, rather than that the address is this machine's own. */
  boolean isDeclared(String address) {
    String host = host(address);
    return entries.contains(address)
        || entries.contains(host)
        || entries.stream().anyMatch(entry -> entry.contains("/") && inRange(host, entry));
  }

  /** The host of {@code host:port} or {@code [::1]:port}, without brackets. */
  static String host(String address) {
    if (address.indexOf(':') != address.lastIndexOf(':') && !address.startsWith("[")) {
      return address; // an IPv6 address alone
    }
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      return end < 0 ? address : address.substring(1, end);
    }
    int colon = address.indexOf(':');
    return colon < 0 ? address : address.substring(0, colon);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || inRange(host, "127.0.0.0/8") || inRange(host, "::1/128");
  }

  private static boolean isRange(String entry) {
    int slash = entry.indexOf('/');
    String bits = entry.substring(slash + 1);
    return isLiteral(entry.substring(0, slash))
        && bits.matches("\\d{1,3}")
        && Integer.parseInt(bits) <= bytes(entry.substring(0, slash)).length * 8;
  }

  private static boolean inRange(String host, String range) {
    if (!isLiteral(host)) {
      return false;
    }
    int slash = range.indexOf('/');
    byte[] address = bytes(host);
    byte[] network = bytes(range.substring(0, slash));
    int bits = Integer.parseInt(range.substring(slash + 1));
    if (address.length != network.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(address, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    int mask = 0xff << (8 - rest) & 0xff;
    return rest == 0 || (address[whole] & mask) == (network[whole] & mask);
  }

  /** Only what is no name, so that nothing is looked up. */
  private static boolean isLiteral(String host) {
    return host.matches("\\d{1,3}(\\.\\d{1,3}){3}") || host.matches("[0-9a-fA-F:]*:[0-9a-fA-F:]*");
  }

  private static byte[] bytes(String literal) {
    try {
      return InetAddress.getByName(literal).getAddress();
    } catch (UnknownHostException e) {
      return new byte[0];
    }
  }
}
