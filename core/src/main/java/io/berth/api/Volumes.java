package io.berth.api;

import java.util.List;
import java.util.Optional;

/** The volumes of an engine. */
public interface Volumes {

  /**
   * Begins a volume; when there is one of this name and driver already, that is what comes of it.
   *
   * @param name empty to have one made up
   */
  VolumeRequest create(String name);

  /** All volumes, sorted by name. */
  List<Volume> list();

  /** The volume of this name, if there is one. */
  Optional<Volume> find(String name);

  /**
   * The volume of this name.
   *
   * @throws io.berth.error.NotFoundException when there is none
   */
  Volume get(String name);

  /** The containers, running or not, that have a volume, by their ids. */
  List<String> users(String name);

  /** How many bytes a volume takes on disk; empty where it cannot be told without mounting. */
  Optional<Long> size(String name);

  /**
   * Removes a volume with all its data.
   *
   * @param force whether one that is not there is fine
   * @throws io.berth.error.NotFoundException when there is none
   * @throws io.berth.error.ConflictException when a container has it
   */
  void remove(String name, boolean force);

  /**
   * Removes the volumes that no container has.
   *
   * @param all whether also those that were given a name
   */
  Pruned prune(boolean all, PruneFilter filter);
}
