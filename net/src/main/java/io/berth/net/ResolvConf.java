package io.berth.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A resolver configuration (resolv.conf(5)).
 *
 * @param nameservers the addresses of the name servers, in order
 * @param search the search list, from the last {@code search} or {@code domain} line
 * @param options such as {@code ndots:2}; the lines of the file together
 * @param others the lines of other keywords, such as {@code sortlist}, as they are
 */
public record ResolvConf(
    List<String> nameservers, List<String> search, List<String> options, List<String> others) {
  private static final List<String> PUBLIC_IPV4 = List.of("8.8.8.8", "8.8.4.4");
  private static final List<String> PUBLIC_IPV6 =
      List.of("2001:4860:4860::8888", "2001:4860:4860::8844");

  public ResolvConf {
    nameservers = List.copyOf(nameservers);
    search = List.copyOf(search);
    options = List.copyOf(options);
    others = List.copyOf(others);
  }

  /** Reads a file as the resolver does: what it does not understand, it leaves out. */
  public static ResolvConf parse(String text) {
    List<String> nameservers = new ArrayList<>();
    List<String> search = List.of();
    List<String> options = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
        continue;
      }
      List<String> words = Arrays.asList(line.split("\\s+"));
      List<String> values = words.subList(1, words.size());
      switch (words.get(0)) {
        case "nameserver" ->
            values.stream().limit(1).filter(IpLiteral::isIp).forEach(nameservers::add);
        case "search" -> search = values;
        case "domain" -> search = values.subList(0, Math.min(1, values.size()));
        case "options" -> options.addAll(values);
        default -> others.add(line);
      }
    }
    return new ResolvConf(nameservers, search, options, others);
  }

  /**
   * For a container with its own network namespace, which does not reach what listens on the host's
   * loopback: without those name servers, and with public ones when none is left, as Docker does.
   *
   * @param ipv6 whether the container has an IPv6 address; without one, IPv6 servers are left out
   */
  public ResolvConf withoutLoopback(boolean ipv6) {
    List<String> reachable =
        new ArrayList<>(
            nameservers.stream()
                .filter(n -> !IpLiteral.isLoopback(n))
                .filter(n -> ipv6 || !IpLiteral.isIpv6(n))
                .toList());
    if (reachable.isEmpty()) {
      reachable.addAll(PUBLIC_IPV4);
      if (ipv6) {
        reachable.addAll(PUBLIC_IPV6);
      }
    }
    return new ResolvConf(reachable, search, options, others);
  }

  /** The file's content. */
  public String text() {
    StringBuilder text = new StringBuilder();
    nameservers.forEach(n -> text.append("nameserver ").append(n).append('\n'));
    if (!search.isEmpty()) {
      text.append("search ").append(String.join(" ", search)).append('\n');
    }
    if (!options.isEmpty()) {
      text.append("options ").append(String.join(" ", options)).append('\n');
    }
    others.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
