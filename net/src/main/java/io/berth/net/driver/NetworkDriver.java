package io.berth.net.driver;

import io.berth.net.linux.NetworkNamespace;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Connects containers to networks of one kind. Addresses are chosen by the engine and are in the
 * plans. Thread-safe; the engine keeps two calls for one network from running at once, but for
 * {@link #attach} and {@link #detach} of different endpoints.
 *
 * <p>Nothing of a driver's lives in this process: what {@link #up} and {@link #attach} made stays
 * when the JVM ends, and the next engine calls {@code up}, {@code detach} and {@code down} for it.
 */
public interface NetworkDriver {

  /** What networks say that are to be this driver's, such as {@code bridge}. */
  String name();

  /** Whether the engine is to choose subnets and addresses. */
  boolean hasAddresses();

  /** Whether it has the kernel lead ports of the host to its containers. */
  boolean publishes();

  /**
   * Checks a network before it is kept.
   *
   * @throws io.berth.error.InvalidInputException when an option is unknown or has no such value
   */
  void check(NetworkPlan network);

  /** What the names of the containers' interfaces begin with. */
  default String interfacePrefix(NetworkPlan network) {
    return "eth";
  }

  /** The address of the host at which ports are published that name none; empty for all. */
  default Optional<InetAddress> binding(NetworkPlan network) {
    return Optional.empty();
  }

  /** Whether all that {@link #up} makes is there. */
  boolean isUp(NetworkPlan network);

  /**
   * Makes what the network needs on this host; does nothing when it is there. Without a connected
   * container it may go again at any time: {@link #down}, or the host is started anew.
   *
   * @return what does not work as asked on this host, with its remedy
   * @throws SubnetClashException when the host uses one of its subnets otherwise
   */
  List<String> up(NetworkPlan network);

  /** Removes what {@link #up} made; does nothing when that is not there. */
  void down(NetworkPlan network);

  /** Gives a namespace an interface in a network that is up; all of it, or nothing. */
  void attach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace);

  /** Takes the interface away again; does nothing when it is not there. */
  void detach(NetworkPlan network, EndpointPlan endpoint, NetworkNamespace namespace);

  /**
   * Has ports of the host lead to containers, in place of what they led to before. Where that is
   * not possible, {@link #publishes} is false, and connections go through a process.
   */
  default void publish(List<PortForward> forwards) {
    throw new UnsupportedOperationException(name() + " does not publish ports");
  }

  /** Takes that back; does nothing for ports that lead nowhere. */
  default void unpublish(List<PortForward> forwards) {}

  /**
   * What a process is to write to a netlink socket for nf_tables to take ports back when the
   * container ends and no JVM is there; may be empty.
   */
  default byte[] unpublishMessages(List<PortForward> forwards) {
    return new byte[0];
  }
}
