package io.berth.image;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ports of EXPOSE: {@code 80}, {@code 53/udp}, {@code 8000-8010/tcp}. */
final class Ports {
  private static final Pattern PORT =
      Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/([A-Za-z]+))?");
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");

  private Ports() {}

  /** As the image config has them: each with its protocol. */
  static List<String> parse(String text) {
    // The address and port of a host, before a colon, mean nothing to an image.
    Matcher port = PORT.matcher(text.substring(text.lastIndexOf(':') + 1));
    if (port.matches()) {
      int first = Integer.parseInt(port.group(1));
      int last = port.group(2) == null ? first : Integer.parseInt(port.group(2));
      String protocol = port.group(3) == null ? "tcp" : port.group(3).toLowerCase(Locale.ROOT);
      if (first <= last && last <= 65535 && PROTOCOLS.contains(protocol)) {
        List<String> ports = new ArrayList<>();
        for (int number = first; number <= last; number++) {
          ports.add(number + "/" + protocol);
        }
        return ports;
      }
    }
    throw new InvalidInputException(
        "Invalid port "
            + text
            + ": expected a number or range up to 65535, and tcp, udp or sctp, such as 53/udp");
  }
}
