package io.berth.api;

import java.nio.file.Path;

/** How to build an image; made by {@link Images#build}. */
public interface BuildRequest {
  /** The context directory that COPY and ADD read from. */
  BuildRequest context(Path directory);

  /** The Dockerfile, when it is not {@code Dockerfile} in the context. */
  BuildRequest file(Path dockerfile);

  /** A name for the image; may be called several times. */
  BuildRequest tag(String reference);

  /** A value for an ARG of the Dockerfile. */
  BuildRequest arg(String name, String value);

  /** A label for the image. */
  BuildRequest label(String name, String value);

  /** The stage to build, by its name or number; the last one by default. */
  BuildRequest target(String stage);

  /** Runs every step, whatever the cache holds. */
  BuildRequest noCache();

  /** The network of RUN steps; the network bridge by default. */
  BuildRequest network(NetworkMode mode);

  /** Where progress is shown; nowhere by default. */
  BuildRequest progress(Progress progress);

  /**
   * Builds.
   *
   * @throws io.berth.error.BerthException with the Dockerfile's line and what went wrong in it
   */
  Image execute();
}
