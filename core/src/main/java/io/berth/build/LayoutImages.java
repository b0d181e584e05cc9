package io.berth.build;

import io.berth.api.ContextSource;
import io.berth.archive.ArchivedImage;
import io.berth.archive.ImageLayout;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.image.ImageImporter;
import io.berth.image.ImageStore;
import io.berth.oci.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Takes images of OCI layouts into the store, for builds that name such a directory. */
final class LayoutImages implements NamedContexts.Layouts {
  private final ImageImporter importer;
  private final BuildOptions options;

  LayoutImages(ImageStore store, BuildOptions options, long unpackedLimit) {
    this.importer = new ImageImporter(store, unpackedLimit);
    this.options = options;
  }

  @Override
  public String load(ContextSource.Layout layout, Optional<Platform> platform) {
    try {
      ArchivedImage image =
          ImageLayout.read(layout.directory()).stream()
              .filter(each -> layout.name().map(name -> isNamed(each, name)).orElse(true))
              .findFirst()
              .orElseThrow(
                  () ->
                      new NotFoundException(
                          "there is no image "
                              + layout.name().orElse("")
                              + " in the OCI layout "
                              + layout.directory()));
      return importer.take(image.source(), platform, List.of(), options.progress()).id().toString();
    } catch (IOException e) {
      throw new BerthException("Cannot read the OCI layout " + layout.directory() + ": " + e, e);
    }
  }

  /** A tag, a whole name or the digest of the root. */
  private static boolean isNamed(ArchivedImage image, String name) {
    return image.source().root().digest().toString().equals(name)
        || image.names().stream()
            .anyMatch(each -> each.familiar().equals(name) || each.tag().equals(Optional.of(name)));
  }
}
