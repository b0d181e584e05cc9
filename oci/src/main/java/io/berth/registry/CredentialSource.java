package io.berth.registry;

import java.util.Optional;

/** Where credentials come from, such as {@link DockerConfig}. Thread-safe. */
@FunctionalInterface
public interface CredentialSource {

  /**
   * The credentials for a registry.
   *
   * @param registry host and optional port, as in image names; Docker Hub is {@code docker.io}
   */
  Optional<Credentials> find(String registry);

  /** No credentials at all. */
  static CredentialSource none() {
    return registry -> Optional.empty();
  }

  /** This, and where it knows none, another. */
  default CredentialSource or(CredentialSource other) {
    return registry -> find(registry).or(() -> other.find(registry));
  }
}
