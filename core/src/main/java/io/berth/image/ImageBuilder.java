package io.berth.image;

import io.berth.api.BuildRequest;
import io.berth.api.ContextSource;
import io.berth.dockerfile.Dockerfile;

/** Begins builds; the images service's view of the builder. */
public interface ImageBuilder {

  /** A build of the file {@code Dockerfile} of a context. */
  BuildRequest build(ContextSource context);

  /** A build of a composed Dockerfile, without context. */
  BuildRequest build(Dockerfile dockerfile);
}
