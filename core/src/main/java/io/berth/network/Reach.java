package io.berth.network;

import io.berth.net.HostEntry;
import java.util.List;

/**
 * What a container finds in /etc about the networks it is in.
 *
 * @param addresses its own, without prefixes
 * @param resolver whether its names are resolved by its monitor's helper, at 127.0.0.11
 * @param redirected whether a rule leads port 53 there to that, so that it need not be at the port
 * @param linked other containers by the names that it has for them
 * @param gateway this host's address as it sees it; empty without a network
 */
public record Reach(
    List<String> addresses,
    boolean resolver,
    boolean redirected,
    List<Linked> linked,
    String gateway) {
  /**
   * Another container.
   *
   * @param alias the name that was chosen for it
   * @param entry its address, and all its names
   */
  public record Linked(String alias, String containerId, HostEntry entry) {}

  /** Of a container without networks. */
  public static final Reach NONE = new Reach(List.of(), false, false, List.of(), "");

  public Reach {
    addresses = List.copyOf(addresses);
    linked = List.copyOf(linked);
  }
}
