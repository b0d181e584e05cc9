package io.berth.api;

import java.util.List;
import java.util.Optional;

/**
 * The containers of an engine. A container is named by its name, its id, or a unique prefix of it.
 */
public interface Containers {

  /**
   * Begins a container of an image of the store.
   *
   * @throws io.berth.error.NotFoundException when there is no such image, with how to pull it
   */
  CreateRequest create(String image);

  /**
   * Begins a container of an image that is pulled when the policy says so.
   *
   * @throws io.berth.error.NotFoundException when there is no such image, here or on its registry
   * @throws io.berth.registry.RegistryException when the registry refuses or cannot be reached
   */
  CreateRequest create(String image, PullPolicy policy);

  /** Begins a container of an image. */
  CreateRequest create(Image image);

  /** All containers, the newest first, whatever their state. */
  List<Container> list();

  /** The container of this name, if there is one. */
  Optional<Container> find(String name);

  /**
   * The container of this name.
   *
   * @throws io.berth.error.NotFoundException when there is none
   */
  Container get(String name);

  /**
   * Starts again what the end of the host, or of a monitor, has stopped, as the restart policies
   * say: {@code always} whatever stopped it, {@code unless-stopped} and {@code on-failure} unless
   * it was stopped or ended before. A program that serves for long does this when it begins, as
   * Docker's daemon does.
   *
   * @return those that were started
   */
  List<Container> resume();

  /** Removes the containers that do not run, with what they wrote; their volumes stay. */
  Pruned prune(PruneFilter filter);
}
