package io.berth.image;

import io.berth.api.Progress;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import java.util.Optional;

/** Pulls what the store does not have. */
public final class PullingImages implements BaseImages {
  private final ImageStore store;
  private final ImageImporter importer;
  private final Registries registries;
  private final CredentialSource credentials;

  public PullingImages(ImageStore store, ImageImporter importer, Registries registries) {
    this(store, importer, registries, CredentialSource.none());
  }

  private PullingImages(
      ImageStore store,
      ImageImporter importer,
      Registries registries,
      CredentialSource credentials) {
    this.store = store;
    this.importer = importer;
    this.registries = registries;
    this.credentials = credentials;
  }

  @Override
  public BaseImages as(CredentialSource own) {
    return new PullingImages(store, importer, registries, own);
  }

  @Override
  public StoredImage get(
      String name, Optional<Platform> platform, boolean always, Progress progress) {
    Optional<StoredImage> present =
        platform.isPresent() ? store.find(name, platform.get()) : store.find(name);
    if (present.isPresent() && (!always || isLocal(name, present.get()))) {
      return present.get();
    }
    Reference reference = Reference.parse(name);
    ImagePull pull = new ImagePull(store, importer, registries, reference);
    credentials.find(reference.domain()).ifPresent(pull::credentials);
    pull.platform(platform);
    pull.progress(progress);
    try {
      return pull.pull();
    } catch (NotFoundException e) {
      throw new NotFoundException(
          "No such image: "
              + name
              + ", neither in the store nor on its registry ("
              + e.getMessage()
              + ")",
          e);
    } catch (BerthException e) {
      if (present.isPresent()) {
        throw e;
      }
      throw new NotFoundException(
          "No such image in the store: " + name + ", and pulling it failed: " + e.getMessage(), e);
    }
  }

  /** An image given by its id has no registry. */
  private static boolean isLocal(String name, StoredImage image) {
    return image.id().toString().equals(name) || image.id().hex().startsWith(name);
  }
}
