package io.berth.image;

import io.berth.oci.Digest;
import java.util.List;

/** Tells which containers use an image; the image store's view of the containers. */
@FunctionalInterface
public interface ImageUsers {

  /**
   * The containers, running or not, that were made from an image.
   *
   * @param image its id
   * @return their names, as they are shown to people
   */
  List<String> containersOf(Digest image);
}
