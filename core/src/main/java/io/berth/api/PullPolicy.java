package io.berth.api;

/** When the image of a container is pulled. */
public enum PullPolicy {
  /** When the store does not have it. */
  MISSING,
  /** Each time, to have what the registry has now. */
  ALWAYS,
  /** Never; it has to be in the store. */
  NEVER
}
