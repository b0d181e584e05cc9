package io.berth.container;

import io.berth.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tells which containers were made from an image; needs nothing but the data directory. */
public final class ContainersByImage {
  private final ContainerFiles files;

  public ContainersByImage(Path dataDirectory) {
    this.files = new ContainerFiles(dataDirectory);
  }

  /** The names of the containers of an image, running or not. */
  public List<String> containersOf(Digest image) {
    return files.ids().stream()
        .map(files::config)
        .flatMap(Optional::stream)
        .filter(c -> c.spec().imageId().equals(image))
        .map(ContainerConfig::name)
        .toList();
  }
}
