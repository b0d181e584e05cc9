package io.berth.image;

import io.berth.api.Image;
import io.berth.api.LoadRequest;
import io.berth.api.Progress;
import io.berth.archive.ArchivedImage;
import io.berth.archive.ImageArchive;
import io.berth.archive.ImageLayout;
import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One load of an archive or layout: all of its images, or none. */
final class LoadImages implements LoadRequest {
  private final ImageStore store;
  private final Opener opener;
  private final List<Reference> tags = new ArrayList<>();
  private Optional<Platform> platform = Optional.empty();
  private Progress progress = Progress.none();
  private ImageImporter importer;

  /** Opens what is to be loaded. */
  @FunctionalInterface
  private interface Opener {
    /**
     * @param taken is to hold every blob that came into the store, whether it is of use or not
     */
    Opened open(ImageStore store, long unpackedLimit, Set<Digest> taken) throws IOException;
  }

  private record Opened(List<ArchivedImage> images, Runnable closer) implements AutoCloseable {
    static Opened of(ImageArchive archive) {
      return new Opened(archive.images(), archive::close);
    }

    @Override
    public void close() {
      closer.run();
    }
  }

  private LoadImages(ImageStore store, ImageImporter importer, Opener opener) {
    this.store = store;
    this.importer = importer;
    this.opener = opener;
  }

  static LoadImages of(ImageStore store, ImageImporter importer, InputStream archive) {
    return new LoadImages(
        store,
        importer,
        (s, limit, taken) -> Opened.of(ImageArchive.read(archive, s.blobs(), limit, taken::add)));
  }

  static LoadImages of(ImageStore store, ImageImporter importer, Path archive) {
    return new LoadImages(
        store,
        importer,
        (s, limit, taken) ->
            Files.isDirectory(archive)
                ? new Opened(ImageLayout.read(archive), () -> {})
                : Opened.of(ImageArchive.open(archive, s.blobs(), limit, taken::add)));
  }

  @Override
  public LoadRequest tag(String reference) {
    tags.add(Reference.parse(reference).withDefaultTag());
    return this;
  }

  @Override
  public LoadRequest platform(String text) {
    platform = Optional.of(Platform.parse(text));
    return this;
  }

  @Override
  public LoadRequest progress(Progress listener) {
    progress = listener;
    return this;
  }

  @Override
  public LoadRequest unpackedLimit(long bytes) {
    importer = importer.withUnpackedLimit(bytes);
    return this;
  }

  @Override
  public List<Image> execute() {
    Set<Digest> taken = new HashSet<>();
    // Keeps what comes until the images that need it are there; then the rest goes.
    try (WorkLease lease = store.lease()) {
      try (Opened archive = opener.open(store, importer.unpackedLimit(), taken)) {
        List<ArchivedImage> images = named(archive.images());
        List<StoredImage> stored = importer.takeAll(images, platform, progress);
        for (int i = 0; i < stored.size(); i++) {
          tell(images.get(i).names(), stored.get(i));
          store.event("load", stored.get(i));
        }
        return stored.stream().map(store::view).toList();
      } catch (IOException e) {
        throw new InvalidInputException("Cannot read the image archive: " + e.getMessage(), e);
      } finally {
        store.discard(taken, List.of());
      }
    }
  }

  /** In docker's words. */
  private void tell(List<Reference> names, StoredImage image) {
    if (names.isEmpty()) {
      progress.on(new Progress.Message("Loaded image ID: " + image.id()));
    }
    for (Reference name : names) {
      progress.on(new Progress.Message("Loaded image: " + name.familiar()));
    }
  }

  private List<ArchivedImage> named(List<ArchivedImage> images) {
    if (tags.isEmpty()) {
      return images;
    }
    if (images.size() != 1) {
      throw new InvalidInputException(
          "Cannot name the images of an archive that has "
              + images.size()
              + " of them; leave out tag(...)");
    }
    List<Reference> names = new ArrayList<>(images.get(0).names());
    names.addAll(tags);
    return List.of(images.get(0).withNames(names));
  }
}
