package io.berth.api;

import io.berth.error.InvalidInputException;
import java.util.Optional;

/**
 * What network a container begins with, as {@code docker run --network} names it: {@code none},
 * {@code host}, {@code container:NAME}, or the name of a network.
 */
public record NetworkMode(String value) {
  private static final String CONTAINER = "container:";

  /** The network {@code bridge} where this host can have it, else none. */
  public static final NetworkMode DEFAULT = new NetworkMode("default");

  /** The network that is always there. */
  public static final NetworkMode BRIDGE = new NetworkMode("bridge");

  /** Its own network namespace with nothing but loopback. */
  public static final NetworkMode NONE = new NetworkMode("none");

  /** The host's network namespace. */
  public static final NetworkMode HOST = new NetworkMode("host");

  public NetworkMode {
    if (value.isBlank() || value.equals(CONTAINER)) {
      throw new InvalidInputException(
          "Invalid network \"" + value + "\": expected none, host, container:NAME or a network");
    }
  }

  /** The network namespace of another container. */
  public static NetworkMode container(String name) {
    return new NetworkMode(CONTAINER + name);
  }

  /** A network by its name or id. */
  public static NetworkMode of(String value) {
    return new NetworkMode(value);
  }

  public boolean isDefault() {
    return equals(DEFAULT);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  public boolean isHost() {
    return equals(HOST);
  }

  /** The container whose network is shared. */
  public Optional<String> container() {
    return value.startsWith(CONTAINER)
        ? Optional.of(value.substring(CONTAINER.length()))
        : Optional.empty();
  }

  /** The network that the container is connected to. */
  public Optional<String> network() {
    if (isNone() || isHost() || container().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(isDefault() ? BRIDGE.value() : value);
  }

  @Override
  public String toString() {
    return value;
  }
}
