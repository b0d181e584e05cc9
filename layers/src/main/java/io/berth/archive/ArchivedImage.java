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
 * @param original whether its manifest is one that it is known by, rather than made for the archive
 */
public record ArchivedImage(ImageSource source, List<Reference> names, boolean original) {
  public ArchivedImage {
    Objects.requireNonNull(source, "source");
    names = List.copyOf(names);
  }

  /** An image whose manifest is its own. */
  public ArchivedImage(ImageSource source, List<Reference> names) {
    this(source, names, true);
  }

  /** The same under other names. */
  public ArchivedImage withNames(List<Reference> others) {
    return new ArchivedImage(source, others, original);
  }
}
