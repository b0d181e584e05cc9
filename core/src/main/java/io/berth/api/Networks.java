package io.berth.api;

import java.util.List;
import java.util.Optional;

/**
 * The networks of an engine. A network is named by its name, its id, or a unique prefix of it. The
 * networks {@code bridge}, which containers have by default, {@code host} and {@code none} are
 * always there.
 *
 * <pre>{@code
 * Network backend = berth.networks().create("backend").execute();
 * Container db = berth.containers().create("postgres").name("db").network(backend).start();
 * }</pre>
 */
public interface Networks {

  /** Begins a network. */
  NetworkRequest create(String name);

  /** All networks, by name. */
  List<Network> list();

  /** The network of this name, if there is one. */
  Optional<Network> find(String name);

  /**
   * The network of this name.
   *
   * @throws io.berth.error.NotFoundException when there is none
   */
  Network get(String name);

  /**
   * Removes the networks that no container has, of those that users made.
   *
   * @return their names
   */
  List<String> prune();
}
