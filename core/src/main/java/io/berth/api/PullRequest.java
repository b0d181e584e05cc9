package io.berth.api;

import io.berth.registry.Credentials;

/** How to pull an image; made by {@link RemoteImages#pull}. */
public interface PullRequest {
  /**
   * The platform wanted, such as {@code linux/arm64} or {@code linux/arm/v7}; by default this
   * host's, where there is a choice.
   */
  PullRequest platform(String platform);

  /** In place of the engine's credentials for the registry. */
  PullRequest credentials(Credentials credentials);

  /** Where progress is shown; nowhere by default. */
  PullRequest progress(Progress progress);

  /**
   * Pulls. Layers that are in the store are not downloaded again, and a download that was cut off
   * goes on where it ended, also in a later pull.
   *
   * @throws io.berth.error.NotFoundException when the registry has no such image, or none for the
   *     platform
   * @throws io.berth.error.InvalidInputException when what the registry gives is not what its
   *     digest says, no image, or unpacks to more than the limit; nothing is kept then
   * @throws io.berth.registry.RegistryException when the registry refuses or cannot be reached
   */
  Image execute();
}
