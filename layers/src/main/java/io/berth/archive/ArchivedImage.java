package io.berth.archive;

import io.berth.oci.ImageSource;
import io.berth.oci.Reference;
import java.util.List;
import java.util.Objects;

/**
 * An image, or an index of several, in an archive or layout.
 *
 * @param source reads it; nothing to close
 * @param names the full names that the archive gives it, often one, perhaps none
 */
public record ArchivedImage(ImageSource source, List<Reference> names) {
  public ArchivedImage {
    Objects.requireNonNull(source, "source");
    names = List.copyOf(names);
  }
}
