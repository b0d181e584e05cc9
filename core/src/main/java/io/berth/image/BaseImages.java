package io.berth.image;

import io.berth.api.Progress;
import io.berth.oci.Platform;
import io.berth.registry.CredentialSource;
import java.util.Optional;

/** Gives the images that builds and containers begin with, and pulls those that are missing. */
@FunctionalInterface
public interface BaseImages {

  /**
   * The image of a name.
   *
   * @param platform the one wanted; when empty, whatever the store has under the name will do
   * @param always whether the registry is asked although the image is there
   * @throws io.berth.error.NotFoundException when neither the store nor the registry has it
   */
  StoredImage get(String name, Optional<Platform> platform, boolean always, Progress progress);

  /** The same, with credentials that come before the engine's own where it pulls. */
  default BaseImages as(CredentialSource credentials) {
    return this;
  }
}
