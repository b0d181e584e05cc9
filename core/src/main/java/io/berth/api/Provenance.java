package io.berth.api;

/** How much a build tells of where its image comes from. */
public enum Provenance {
  /** Nothing. */
  NONE,
  /** The base images, the sources and the times; no build arguments. */
  MIN,
  /** Besides, the Dockerfile, the build arguments and the steps. */
  MAX
}
