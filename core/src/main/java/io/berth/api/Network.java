package io.berth.api;

import java.time.Instant;
import java.util.List;

/** A network of an engine. Thread-safe. */
public interface Network {

  /** 64 hexadecimal digits. */
  String id();

  String name();

  /** What it was made with, its subnets chosen. */
  NetworkSpec spec();

  Instant created();

  /** The containers that run in it. */
  List<Endpoint> endpoints();

  /** Begins to connect a container, which may be running; it then has another interface. */
  ConnectRequest connect(String container);

  /** Begins to connect a container. */
  default ConnectRequest connect(Container container) {
    return connect(container.id());
  }

  /**
   * Takes a container out of the network.
   *
   * @throws io.berth.error.NotFoundException when it is not in it
   */
  void disconnect(String container);

  /** Takes a container out of the network. */
  default void disconnect(Container container) {
    disconnect(container.id());
  }

  /**
   * Removes the network.
   *
   * @throws io.berth.error.ConflictException while a container runs in it, or when it is one that
   *     is always there
   */
  void remove();
}
