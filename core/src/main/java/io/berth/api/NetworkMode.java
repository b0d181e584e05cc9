package io.berth.api;

/** What network a container has. */
public enum NetworkMode {
  /** Its own network namespace with nothing but loopback. */
  NONE,
  /** The host's network namespace. */
  HOST
}
