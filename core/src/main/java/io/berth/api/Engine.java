package io.berth.api;

import java.nio.file.Path;
import java.util.List;

/**
 * A container engine bound to a data directory. Thread-safe; several engines, also of several JVMs,
 * may be open on one directory at once.
 *
 * <pre>{@code
 * try (Engine berth = Berth.open()) {
 *   Image image = berth.images().build(Path.of("app")).tag("app").execute();
 *   try (Container app = berth.containers().create(image).start()) {
 *     int code = app.waitForExit();
 *   }
 * }
 * }</pre>
 */
public interface Engine extends AutoCloseable {

  /** Building, importing, listing, tagging and removing images. */
  Images images();

  /** Creating, starting and removing containers. */
  Containers containers();

  /** What happens, here and in other engines of the same directory. */
  Events events();

  /** Making, listing and removing volumes. */
  Volumes volumes();

  /** The networks that containers are connected to. */
  Networks networks();

  /** How much space all of it takes, and what of it can go. */
  Storage storage();

  /** Where everything is kept. */
  Path dataDirectory();

  /**
   * What this host cannot do as asked, each with its consequence: no overlay (copies are made), no
   * cgroup controller, rlimits that cannot be raised. Empty when all is well.
   */
  List<String> warnings();

  /** Ends this engine. Containers that were started detached go on; others are killed. */
  @Override
  void close();
}
