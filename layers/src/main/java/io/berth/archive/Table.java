package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import io.berth.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The entries of an {@code index.json}: which images there are, and what they are called. */
final class Table {
  /** containerd's and docker's annotation: the whole name. */
  static final String IMAGE_NAME = "io.containerd.image.name";

  /** The image-spec's annotation: a tag, or a whole name, as the writer likes. */
  static final String REF_NAME = "org.opencontainers.image.ref.name";

  private Table() {}

  /** An image with its names. Several entries may lead to one image. */
  record Entry(Descriptor root, List<Reference> names) {}

  static List<Entry> entries(byte[] index) {
    List<Entry> entries = new ArrayList<>();
    for (Descriptor descriptor : Index.parse(index).manifests()) {
      Digest digest = descriptor.digest();
      List<Reference> names = new ArrayList<>();
      entries.stream()
          .filter(entry -> entry.root().digest().equals(digest))
          .forEach(entry -> names.addAll(entry.names()));
      name(descriptor).filter(name -> !names.contains(name)).ifPresent(names::add);
      entries.removeIf(entry -> entry.root().digest().equals(digest));
      entries.add(new Entry(descriptor, names));
    }
    return entries;
  }

  private static Optional<Reference> name(Descriptor descriptor) {
    Optional<String> whole = Optional.ofNullable(descriptor.annotations().get(IMAGE_NAME));
    if (whole.isPresent()) {
      return whole.flatMap(text -> tagged(Reference.parse(text)));
    }
    // A bare tag does not say of which repository.
    return Optional.ofNullable(descriptor.annotations().get(REF_NAME))
        .filter(text -> text.indexOf(':') > 0 || text.indexOf('/') > 0)
        .flatMap(Table::parse);
  }

  /** The name with its tag alone: an archive cannot vouch for what a registry calls an image. */
  static Optional<Reference> tagged(Reference name) {
    return name.withDefaultTag().tag().map(tag -> name.nameOnly().tagged(tag));
  }

  /** The specification allows names here that are not Docker's. */
  private static Optional<Reference> parse(String text) {
    try {
      return tagged(Reference.parse(text));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }
}
