package io.berth.volume;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps volumes. What Berth itself knows of a volume (labels, options, when it was made) it keeps
 * elsewhere. Implementations are thread-safe; several processes may use the same volumes.
 */
public interface VolumeDriver {

  /**
   * What a driver says of a volume.
   *
   * @param mountpoint where it is on this host, when it is there now
   */
  record Kept(String name, Optional<Path> mountpoint) {}

  /**
   * Makes a volume. The name is not taken.
   *
   * @throws io.berth.error.InvalidInputException when an option is not known or not valid
   */
  void create(String name, Map<String, String> options);

  /** Removes a volume with all its data. Nobody has it mounted. */
  void remove(String name);

  /**
   * Makes a volume's data available as a directory of this host.
   *
   * @param user who wants it; the same is given to {@link #unmount}
   */
  Path mount(String name, String user);

  /** Lets go of what {@link #mount} gave. Doing it twice does nothing. */
  void unmount(String name, String user);

  /** The volume of this name, if this driver has one. */
  Optional<Kept> find(String name);

  /** All its volumes. */
  List<Kept> list();
}
