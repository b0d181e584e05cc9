package io.berth.image;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Digest;
import io.berth.oci.Reference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which image is meant by a reference, an id, or the beginning of an id. */
final class ImageLookup {
  private static final Pattern ID = Pattern.compile("(?:sha256:)?([0-9a-f]{1,64})");

  private final Path directory;
  private final ReferenceTable references;
  private final ImageRecords records;

  /**
   * @param directory for errors: where was looked
   */
  ImageLookup(Path directory, ReferenceTable references, ImageRecords records) {
    this.directory = directory;
    this.references = references;
    this.records = records;
  }

  /** Finds by reference, id, or unique prefix of an id. */
  Optional<StoredImage> find(String name) {
    var id = ID.matcher(name);
    boolean mayBeId = id.matches();
    if (mayBeId && id.group(1).length() == 64) {
      return records.find(new Digest(Digest.SHA256, id.group(1)));
    }
    Reference reference = Reference.parse(name).withDefaultTag().preferDigest();
    Optional<Digest> named = references.find(reference);
    if (named.isPresent()) {
      return records.find(named.get());
    }
    return mayBeId ? findByPrefix(name, id.group(1)) : Optional.empty();
  }

  /** As {@link #find}, or an error that says what to do. */
  StoredImage get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such image: "
                        + name
                        + " (looked in "
                        + directory
                        + "; pull it with images().pull(\""
                        + name
                        + "\"), or build, load or import it)"));
  }

  /** The reference by which an image was given; empty when it was given by its id. */
  Optional<Reference> namedBy(String name, StoredImage image) {
    if (ID.matcher(name).matches() && name.length() >= 64) {
      return Optional.empty();
    }
    Reference reference = Reference.parse(name).withDefaultTag().preferDigest();
    return references.find(reference).filter(image.id()::equals).map(id -> reference);
  }

  private Optional<StoredImage> findByPrefix(String name, String prefix) {
    List<Digest> matches =
        records.ids().stream().filter(id -> id.hex().startsWith(prefix)).sorted().toList();
    if (matches.size() > 1) {
      throw new InvalidInputException(
          "Ambiguous image id "
              + name
              + ": it begins "
              + String.join(", ", matches.stream().map(Digest::shortHex).toList())
              + "; give more digits");
    }
    return matches.stream().findFirst().flatMap(records::find);
  }
}
