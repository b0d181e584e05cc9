package io.berth.api;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of a container that is to be reached through the host's.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param hostAddress of the host's; empty for all
 * @param first of the ports of the host that it may be; 0 for any that is free
 * @param last of them
 */
public record PublishSpec(
    int containerPort, String protocol, Optional<String> hostAddress, int first, int last) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?:(?<host>\\[[0-9A-Fa-f:.]+]|[0-9.]+|localhost):)?(?<from>\\d{0,5}(?:-\\d{1,5})?):)?"
              + "(?<to>\\d{1,5}(?:-\\d{1,5})?)(?:/(?<protocol>[A-Za-z]+))?");
  private static final int MOST = 65535;

  public PublishSpec {
    if (!protocol.matches("tcp|udp|sctp")) {
      throw new InvalidInputException(
          "Invalid protocol \"" + protocol + "\" of a port: expected tcp, udp or sctp");
    }
    if (containerPort < 1 || containerPort > MOST) {
      throw new InvalidInputException(
          "Invalid container port " + containerPort + ": expected 1 to " + MOST);
    }
    if (first < 0 || last > MOST || last < first || (first == 0 && last != 0)) {
      throw new InvalidInputException(
          "Invalid host ports "
              + first
              + "-"
              + last
              + ": expected 1 to "
              + MOST
              + ", or 0 for any");
    }
  }

  /** A TCP port, at any port of the host that is free. */
  public static PublishSpec tcp(int containerPort) {
    return new PublishSpec(containerPort, "tcp", Optional.empty(), 0, 0);
  }

  /** A TCP port, at a port of the host. */
  public static PublishSpec tcp(int hostPort, int containerPort) {
    return new PublishSpec(containerPort, "tcp", Optional.empty(), hostPort, hostPort);
  }

  /**
   * Reads Docker's form: {@code 80}, {@code 8080:80}, {@code 127.0.0.1:8080:80/tcp}, {@code
   * 7000-7009:80}, {@code 7000-7009:7000-7009/udp}.
   *
   * @return one for each port of the container
   * @throws InvalidInputException when it is not of that form
   */
  public static List<PublishSpec> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new InvalidInputException(
          "Invalid port \""
              + text
              + "\": expected [[ADDRESS:]HOST_PORT:]CONTAINER_PORT[/tcp|udp|sctp], ports as 80 or"
              + " 7000-7009");
    }
    String protocol =
        Optional.ofNullable(form.group("protocol")).orElse("tcp").toLowerCase(Locale.ROOT);
    Optional<String> host =
        Optional.ofNullable(form.group("host"))
            .map(h -> h.startsWith("[") ? h.substring(1, h.length() - 1) : h)
            .map(h -> h.equals("localhost") ? "127.0.0.1" : h);
    int[] to = range(form.group("to"));
    String from = Optional.ofNullable(form.group("from")).orElse("");
    int[] hosts = from.isEmpty() ? new int[] {0, 0} : range(from);
    int count = to[1] - to[0] + 1;
    int hostCount = hosts[1] - hosts[0] + 1;
    boolean each = !from.isEmpty() && count == hostCount;
    if (!from.isEmpty() && !each && count != 1) {
      throw new InvalidInputException(
          "Invalid port \""
              + text
              + "\": "
              + hostCount
              + " ports of the host for "
              + count
              + " of the container; expected as many, or one of the container's");
    }
    List<PublishSpec> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int first = each ? hosts[0] + i : hosts[0];
      all.add(new PublishSpec(to[0] + i, protocol, host, first, each ? first : hosts[1]));
    }
    return all;
  }

  private static int[] range(String text) {
    int dash = text.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
    if (last < first || last > MOST) {
      throw new InvalidInputException(
          "Invalid ports \"" + text + "\": expected a range of 1 to " + MOST + ", the lower first");
    }
    return new int[] {first, last};
  }
}
