package io.berth.network;

import io.berth.api.PublishSpec;
import io.berth.api.PublishedPort;
import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.net.Cidr;
import io.berth.net.linux.HeldPort;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of this host that are held for a container: by this process first, then by its monitor,
 * which gets the sockets. So no two containers get one, of whatever engine, nor any other process.
 */
final class HostPorts implements AutoCloseable {
  private static final int RANDOM_TRIES = 64;
  private static final int FIRST_RANDOM = 32768;
  private static final int LAST_RANDOM = 60999;
  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;

  private final List<HeldPort> held = new ArrayList<>();
  private final List<PublishedPort> ports = new ArrayList<>();

  private HostPorts() {}

  static HostPorts none() {
    return new HostPorts();
  }

  /**
   * @param everywhere the addresses of ports that name none
   * @throws ConflictException when one is taken; then none is held
   */
  static HostPorts hold(List<PublishSpec> wanted, List<InetAddress> everywhere) {
    HostPorts all = new HostPorts();
    try {
      for (PublishSpec port : wanted) {
        all.add(port, port.hostAddress().map(Cidr::address).map(List::of).orElse(everywhere));
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private void add(PublishSpec wanted, List<InetAddress> addresses) {
    if (wanted.first() == 0) {
      for (int attempt = 0; attempt < RANDOM_TRIES; attempt++) {
        if (tryPort(wanted, addresses, isSctp(wanted) ? randomPort() : 0).isEmpty()) {
          return;
        }
      }
    }
    Optional<SystemCallException> refused = Optional.empty();
    for (int port = wanted.first(); port > 0 && port <= wanted.last(); port++) {
      refused = tryPort(wanted, addresses, port);
      if (refused.isEmpty()) {
        return;
      }
    }
    throw taken(wanted, refused);
  }

  private static boolean isSctp(PublishSpec wanted) {
    return wanted.protocol().equals("sctp");
  }

  /** As the kernel chooses one by itself where it has sockets of the protocol. */
  private static int randomPort() {
    return ThreadLocalRandom.current().nextInt(FIRST_RANDOM, LAST_RANDOM + 1);
  }

  private static HeldPort hold(PublishSpec wanted, InetAddress address, int port) {
    return isSctp(wanted)
        ? HeldPort.reserve(wanted.protocol(), address, port)
        : HeldPort.hold(wanted.protocol().equals("tcp"), address, port);
  }

  /** Holds a port at all addresses, or nothing: then why. */
  private Optional<SystemCallException> tryPort(
      PublishSpec wanted, List<InetAddress> addresses, int port) {
    List<HeldPort> sockets = new ArrayList<>();
    List<PublishedPort> found = new ArrayList<>();
    int number = port;
    for (InetAddress address : addresses) {
      try {
        HeldPort socket = hold(wanted, address, number);
        sockets.add(socket);
        number = socket.port();
        found.add(published(wanted, address, number));
      } catch (SystemCallException e) {
        sockets.forEach(HeldPort::close);
        if (e.errno() == EADDRINUSE) {
          return Optional.of(e);
        }
        throw refused(wanted, address, port, e);
      }
    }
    held.addAll(sockets);
    ports.addAll(found);
    return Optional.empty();
  }

  private static PublishedPort published(PublishSpec wanted, InetAddress address, int port) {
    return new PublishedPort(wanted.containerPort(), wanted.protocol(), Cidr.text(address), port);
  }

  private static RuntimeException refused(
      PublishSpec wanted, InetAddress address, int port, SystemCallException e) {
    String what =
        "Cannot publish " + wanted.protocol() + " port " + port + " at " + Cidr.text(address);
    if (e.errno() == EADDRNOTAVAIL) {
      return new InvalidInputException(what + ": this host has no such address", e);
    }
    if (e.errno() == Errno.EACCES) {
      return new InvalidInputException(
          what + ": ports below net.ipv4.ip_unprivileged_port_start are for root", e);
    }
    return e;
  }

  private static ConflictException taken(
      PublishSpec wanted, Optional<SystemCallException> refused) {
    String ports =
        wanted.first() == wanted.last()
            ? "port " + wanted.first()
            : "ports " + wanted.first() + "-" + wanted.last();
    return new ConflictException(
        "Cannot publish port "
            + wanted.containerPort()
            + "/"
            + wanted.protocol()
            + ": "
            + (wanted.first() == 0 ? "no port of the host is free" : ports + " of the host taken")
            + refused.map(e -> " (" + e.subject() + ")").orElse("")
            + ". Stop what listens there, or publish at another; without a port of the host, one"
            + " that is free is chosen");
  }

  /** Addresses for ports that name none: all of IPv4, and of IPv6 where this host has it. */
  static List<InetAddress> everywhere(Optional<InetAddress> binding) {
    if (binding.isPresent() && !binding.get().isAnyLocalAddress()) {
      return List.of(binding.get());
    }
    InetAddress ipv4 = Cidr.address("0.0.0.0");
    return Files.exists(Path.of("/proc/net/if_inet6"))
        ? List.of(ipv4, Cidr.address("::"))
        : List.of(ipv4);
  }

  List<PublishedPort> ports() {
    return List.copyOf(ports);
  }

  List<Integer> descriptors() {
    return held.stream().map(HeldPort::descriptor).toList();
  }

  @Override
  public void close() {
    held.forEach(HeldPort::close);
    held.clear();
  }
}
