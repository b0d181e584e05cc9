package io.berth.api;

import io.berth.oci.Reference;
import io.berth.registry.Credentials;

/** How to push an image; made by {@link RemoteImages#push}. */
public interface PushRequest {
  /** In place of the engine's credentials for the registry. */
  PushRequest credentials(Credentials credentials);

  /** Where progress is shown; nowhere by default. */
  PushRequest progress(Progress progress);

  /**
   * Pushes. An image that was pulled keeps its manifest, and so its digest, on every registry. What
   * the registry has is not sent again.
   *
   * @return the image's name with its digest on the registry
   * @throws io.berth.error.NotFoundException when the store has no image of that name
   * @throws io.berth.registry.RegistryException when the registry refuses or cannot be reached
   */
  Reference execute();
}
