package io.berth.api;

/**
 * What happens to the containers, images, networks and volumes of a data directory, whichever
 * engine or JVM does it. The last few megabytes of it are kept.
 */
public interface Events {
  /** Begins to read. */
  EventRequest read();
}
