package io.berth.net;

import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A line of a hosts file (hosts(5)): an address and its names.
 *
 * @param address an IPv4 or IPv6 address
 * @param names at least one
 */
public record HostEntry(String address, List<String> names) {
  // Anything else could begin another line or another field of the file.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");

  public HostEntry {
    names = List.copyOf(names);
    String shown = address + " " + String.join(" ", names);
    if (!IpLiteral.isIp(address)) {
      throw new InvalidInputException(
          "Invalid host entry \"" + shown + "\": \"" + address + "\" is not an IP address");
    }
    checkNames("host entry", shown, names);
  }

  public HostEntry(String address, String... names) {
    this(address, List.of(names));
  }

  /** The line, as Docker writes it. */
  public String line() {
    return address + "\t" + String.join(" ", names) + "\n";
  }

  static void checkNames(String what, String shown, List<String> names) {
    if (names.isEmpty()) {
      throw new InvalidInputException("Invalid " + what + " \"" + shown + "\": it has no name");
    }
    for (String name : names) {
      if (name.length() > 253 || !NAME.matcher(name).matches()) {
        throw new InvalidInputException(
            "Invalid "
                + what
                + " \""
                + shown
                + "\": a name has letters, digits, dots, hyphens and underscores, and at most 253"
                + " characters");
      }
    }
  }
}
