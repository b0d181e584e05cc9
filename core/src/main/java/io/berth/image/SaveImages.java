package io.berth.image;

import io.berth.api.SaveRequest;
import io.berth.archive.ArchiveFormat;
import io.berth.archive.ArchiveWriter;
import io.berth.archive.LayoutWriter;
import io.berth.archive.SavedImage;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.oci.Reference;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One save of images. */
final class SaveImages implements SaveRequest {
  private final ImageStore store;
  private final List<String> wanted;
  private final Set<Reference> more = new LinkedHashSet<>();
  private ArchiveFormat format = ArchiveFormat.DOCKER;

  SaveImages(ImageStore store, List<String> wanted) {
    this.store = store;
    this.wanted = List.copyOf(wanted);
    if (wanted.isEmpty()) {
      throw new InvalidInputException("Cannot save no images: give at least one name");
    }
  }

  @Override
  public SaveRequest format(ArchiveFormat value) {
    format = value;
    return this;
  }

  @Override
  public SaveRequest as(String reference) {
    more.add(Reference.parse(reference).withDefaultTag());
    return this;
  }

  @Override
  public void to(OutputStream out) {
    try (WorkLease lease = store.lease()) {
      ArchiveWriter.write(out, format, images());
    } catch (IOException e) {
      throw new StorageException("Cannot write the archive: " + e.getMessage(), e);
    }
  }

  @Override
  public void to(Path file) {
    try (WorkLease lease = store.lease()) {
      List<SavedImage> images = images();
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        try (OutputStream out = Files.newOutputStream(file)) { // a pipe, or /dev/stdout
          ArchiveWriter.write(out, format, images);
        }
        return;
      }
      Path target = file.toAbsolutePath();
      Path temporary =
          Files.createTempFile(
              target.getParent(),
              ".save-",
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        try (OutputStream out = Files.newOutputStream(temporary)) {
          ArchiveWriter.write(out, format, images);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write the archive " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void toLayout(Path directory) {
    try (WorkLease lease = store.lease()) {
      LayoutWriter.write(directory, images());
    } catch (IOException e) {
      throw new StorageException("Cannot write the layout " + directory + ": " + e.getMessage(), e);
    }
  }

  /** The images, each once, with the names by which they were asked for. */
  private List<SavedImage> images() {
    Map<StoredImage, Set<Reference>> names = new LinkedHashMap<>();
    for (String name : wanted) {
      StoredImage image = store.get(name);
      store.event("save", image);
      Set<Reference> of = names.computeIfAbsent(image, i -> new LinkedHashSet<>());
      name(name, image).ifPresent(of::add);
      if (names.size() == 1) {
        of.addAll(more);
      }
    }
    SavedImages saved = new SavedImages(store);
    return names.entrySet().stream()
        .map(each -> saved.of(each.getKey(), List.copyOf(each.getValue())))
        .toList();
  }

  /** A name with a tag, when that is how the image was asked for. */
  private Optional<Reference> name(String text, StoredImage image) {
    try {
      Reference reference = Reference.parse(text).withDefaultTag();
      return store.view(image).tags().stream().filter(reference::equals).findFirst();
    } catch (InvalidInputException e) {
      return Optional.empty(); // an id
    }
  }
}
