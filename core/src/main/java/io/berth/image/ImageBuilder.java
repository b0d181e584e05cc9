package io.berth.image;

import io.berth.api.BuildRequest;
import io.berth.dockerfile.Dockerfile;
import java.nio.file.Path;

/** Begins builds; the images service's view of the builder. */
public interface ImageBuilder {

  /** A build of the file {@code Dockerfile} of a context directory. */
  BuildRequest build(Path context);

  /** A build of a composed Dockerfile, without context. */
  BuildRequest build(Dockerfile dockerfile);
}
