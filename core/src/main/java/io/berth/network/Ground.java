package io.berth.network;

import io.berth.net.bridge.BridgeDriver;
import io.berth.net.driver.Bridges;
import io.berth.net.linux.NetworkNamespace;
import java.nio.file.Path;
import java.util.List;

/** What the networks of an engine stand on: the host, or a namespace that an ordinary user has. */
public interface Ground extends AutoCloseable {

  /**
   * The driver of bridges there.
   *
   * @param engine whose bridges they are
   * @param home its data directory
   */
  Bridges bridges(String engine, Path home);

  /** A new namespace for a container. */
  NetworkNamespace create();

  /** That of a container which runs. */
  NetworkNamespace open(Path file);

  /**
   * Descriptors that a container's monitor is to have: none where it can reach the files of this
   * process, else its namespace, that of the bridges, and what keeps their uplink.
   */
  default List<Integer> passed(NetworkNamespace namespace) {
    return List.of();
  }

  @Override
  default void close() {}

  /** The host itself, for root. */
  static Ground host() {
    return new Ground() {
      @Override
      public Bridges bridges(String engine, Path home) {
        return BridgeDriver.open(engine, home);
      }

      @Override
      public NetworkNamespace create() {
        return NetworkNamespace.create();
      }

      @Override
      public NetworkNamespace open(Path file) {
        return NetworkNamespace.open(file);
      }
    };
  }
}
