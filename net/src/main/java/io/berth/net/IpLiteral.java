package io.berth.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** IP addresses as text, never looked up as names. */
final class IpLiteral {
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private IpLiteral() {}

  static boolean isIp(String text) {
    return parse(text).isPresent();
  }

  static boolean isIpv6(String text) {
    return text.indexOf(':') >= 0 && isIp(text);
  }

  static boolean isLoopback(String text) {
    return parse(text).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /** An IPv6 address may end in a zone, such as {@code fe80::1%eth0}. */
  private static Optional<InetAddress> parse(String text) {
    int zone = text.indexOf('%');
    String address = zone > 0 && zone < text.length() - 1 ? text.substring(0, zone) : text;
    boolean ipv4 = zone < 0 && IPV4.matcher(address).matches();
    if (!ipv4 && !IPV6_CHARACTERS.matcher(address).matches()) {
      return Optional.empty();
    }
    try {
      // A literal with a colon is never taken for a host name, so nothing is looked up here.
      return Optional.of(InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
