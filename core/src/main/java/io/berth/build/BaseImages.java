package io.berth.build;

import io.berth.api.Progress;
import io.berth.error.NotFoundException;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.oci.Platform;
import java.util.Optional;

/** Where FROM, and COPY from an image, get images. */
@FunctionalInterface
public interface BaseImages {

  /**
   * The image of a name.
   *
   * @param platform the one wanted, when it was said
   * @param refresh whether a registry is to be asked for a newer one
   * @throws NotFoundException when there is none
   */
  StoredImage get(String name, Optional<Platform> platform, boolean refresh, Progress progress);

  /** The images of the store alone. */
  static BaseImages of(ImageStore store) {
    return (name, platform, refresh, progress) ->
        store
            .find(name)
            .orElseThrow(
                () ->
                    new NotFoundException(
                        "no such image: "
                            + name
                            + "; import it with images().importRootfs(tar).tag(\""
                            + name
                            + "\"), or build it first"));
  }
}
