package io.berth.image;

import io.berth.oci.ImageConfig;
import io.berth.oci.Platform;
import java.util.List;
import java.util.Optional;

/**
 * What a build came to for one platform.
 *
 * @param present the image in the store that it is, if it added nothing to one
 * @param layerSizes the sizes of the layers' tars, lowest first
 */
public record BuiltImage(
    Platform platform, ImageConfig config, List<Long> layerSizes, Optional<StoredImage> present) {
  public BuiltImage {
    layerSizes = List.copyOf(layerSizes);
  }

  static BuiltImage of(Platform platform, ImageConfig config, List<Long> layerSizes) {
    return new BuiltImage(platform, config, layerSizes, Optional.empty());
  }
}
