package io.berth.api;

/** How a container is to be connected; made by {@link Network#connect}. Not thread-safe. */
public interface ConnectRequest {

  /** Another name that the network's containers find it by; several may share one. */
  ConnectRequest alias(String name);

  /** A name that this container alone has for another. */
  ConnectRequest link(String container, String alias);

  /** The IPv4 address that it is to have, of a subnet that the network was given. */
  ConnectRequest ip(String address);

  /** The IPv6 address that it is to have. */
  ConnectRequest ip6(String address);

  /** The Ethernet address of its interface. */
  ConnectRequest mac(String address);

  /**
   * Connects it.
   *
   * @throws io.berth.error.NotFoundException when there is no such container
   * @throws io.berth.error.ConflictException when it is in the network already, or the address is
   *     taken
   */
  void execute();
}
