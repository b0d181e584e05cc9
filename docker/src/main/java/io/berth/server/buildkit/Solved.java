package io.berth.server.buildkit;

import io.berth.api.Image;
import java.util.Map;
import java.util.Optional;

/**
 * What a frontend has made.
 *
 * @param image the result; a question about a Dockerfile has none
 * @param metadata what is told along with it
 * @param named whether it has the names that exporters give already
 * @param own whether the image was not there before, so that it goes again when nothing keeps it
 */
record Solved(Optional<Image> image, Map<String, byte[]> metadata, boolean named, boolean own) {
  Solved {
    metadata = Map.copyOf(metadata);
  }
}
