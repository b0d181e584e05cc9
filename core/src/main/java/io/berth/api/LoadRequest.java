package io.berth.api;

import java.util.List;

/** How to load images; made by {@link ImageArchives#load}. */
public interface LoadRequest {

  /** One more name for the image, when the archive has exactly one. */
  LoadRequest tag(String reference);

  /** Which image to take where there are several: {@code linux/arm64}; the host's by default. */
  LoadRequest platform(String platform);

  /** Hears of the layers, and of the names that the images now have. */
  LoadRequest progress(Progress listener);

  /** The most bytes that a compressed archive, or a layer, may unpack to; 128 GiB by default. */
  LoadRequest unpackedLimit(long bytes);

  /**
   * Takes the images.
   *
   * @return them in the order of the archive
   * @throws io.berth.error.InvalidInputException when the archive is no archive of images, or
   *     damaged, or hostile, or unpacks to more than the limit; then no image has been taken
   * @throws io.berth.error.NotFoundException when there is no such file, or no image for the
   *     platform
   */
  List<Image> execute();
}
