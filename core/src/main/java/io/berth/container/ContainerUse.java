package io.berth.container;

import io.berth.api.MountSpec.Type;
import io.berth.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tells which containers use an image or a volume; needs nothing but the data directory. */
public final class ContainerUse {
  private final ContainerFiles files;

  public ContainerUse(Path dataDirectory) {
    this.files = new ContainerFiles(dataDirectory);
  }

  /** The ids of the containers that have a volume, running or not, also of those being made. */
  public List<String> containersWith(String volume) {
    return files.all().stream()
        .filter(
            c ->
                c.spec().sandbox().mounts().stream()
                    .anyMatch(m -> m.type() == Type.VOLUME && m.name().equals(volume)))
        .map(ContainerConfig::id)
        .distinct()
        .toList();
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
