package io.berth.api;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Lends a build secrets and SSH agents, each when a step asks for it: where they cannot be listed
 * before, as those of a client far away. Called by the threads of the steps, several at once.
 */
public interface BuildLender {

  /** The secret that {@code RUN --mount=type=secret,id=ID} asks for; empty when there is none. */
  Optional<byte[]> secret(String id);

  /**
   * The socket of an agent for {@code RUN --mount=type=ssh,id=ID}; empty when there is none. It is
   * used until the build ends.
   */
  Optional<Path> agent(String id);

  /** Lends nothing. */
  static BuildLender none() {
    return new BuildLender() {
      @Override
      public Optional<byte[]> secret(String id) {
        return Optional.empty();
      }

      @Override
      public Optional<Path> agent(String id) {
        return Optional.empty();
      }
    };
  }
}
