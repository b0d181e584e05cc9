package io.berth.net.bridge;

import io.berth.error.InvalidInputException;
import io.berth.net.Cidr;
import io.berth.net.driver.NetworkPlan;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The options of Docker's bridge driver.
 *
 * @param bridge the name of the interface
 * @param containersTalk whether containers reach one another
 * @param masquerade whether they reach other hosts, with this host's address
 * @param binding where ports are published that name no address
 */
public record BridgeOptions(
    String bridge,
    boolean containersTalk,
    boolean masquerade,
    Optional<InetAddress> binding,
    Optional<Integer> mtu,
    String interfacePrefix) {
  private static final String PREFIX = "com.docker.network.";
  private static final String NAME = PREFIX + "bridge.name";
  private static final String ICC = PREFIX + "bridge.enable_icc";
  private static final String MASQUERADE = PREFIX + "bridge.enable_ip_masquerade";
  private static final String BINDING = PREFIX + "bridge.host_binding_ipv4";
  private static final String DEFAULT_BRIDGE = PREFIX + "bridge.default_bridge";
  private static final String MTU = PREFIX + "driver.mtu";
  private static final String INTERFACE = PREFIX + "container_iface_prefix";
  private static final List<String> KNOWN =
      List.of(NAME, ICC, MASQUERADE, BINDING, DEFAULT_BRIDGE, MTU, INTERFACE);
  private static final int LEAST_MTU = 68;
  private static final int LEAST_IPV6_MTU = 1280;
  private static final int MOST_MTU = 65535;

  /**
   * @throws InvalidInputException when an option is unknown or has no such value
   */
  public static BridgeOptions of(NetworkPlan network) {
    for (String option : network.options().keySet()) {
      if (!KNOWN.contains(option)) {
        throw new InvalidInputException(
            "Unknown option "
                + option
                + " of network "
                + network.name()
                + ": the bridge driver has "
                + String.join(", ", KNOWN));
      }
    }
    return new BridgeOptions(
        interfaceName(network, NAME, "br-" + network.id().substring(0, 12), 15),
        bool(network, ICC),
        bool(network, MASQUERADE),
        text(network, BINDING).map(Cidr::address),
        text(network, MTU).map(m -> mtu(m, network)),
        interfaceName(network, INTERFACE, "eth", 11));
  }

  private static Optional<String> text(NetworkPlan network, String option) {
    return Optional.ofNullable(network.options().get(option)).filter(v -> !v.isEmpty());
  }

  private static String interfaceName(
      NetworkPlan network, String option, String otherwise, int most) {
    String name = text(network, option).orElse(otherwise);
    if (name.length() > most || !name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw new InvalidInputException(
          "Invalid interface name \""
              + name
              + "\" in option "
              + option
              + ": expected at most "
              + most
              + " letters, digits and _ . -");
    }
    return name;
  }

  private static boolean bool(NetworkPlan network, String option) {
    String value = text(network, option).orElse("true");
    return switch (value) {
      case "true", "1", "TRUE", "True", "t", "T" -> true;
      case "false", "0", "FALSE", "False", "f", "F" -> false;
      default ->
          throw new InvalidInputException(
              "Invalid value \"" + value + "\" of option " + option + ": expected true or false");
    };
  }

  private static int mtu(String text, NetworkPlan network) {
    int least = network.ipv6() ? LEAST_IPV6_MTU : LEAST_MTU;
    if (!text.matches("\\d{1,5}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > MOST_MTU) {
      throw new InvalidInputException(
          "Invalid MTU \"" + text + "\": expected " + least + " to " + MOST_MTU + " bytes");
    }
    return Integer.parseInt(text);
  }
}
