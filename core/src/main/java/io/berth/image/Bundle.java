package io.berth.image;

import io.berth.oci.Descriptor;
import io.berth.oci.Index;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What goes out by one name: an image, or an index of one for each platform and of what is said
 * about them.
 */
record Bundle(List<Member> members) {

  /**
   * An image of it.
   *
   * @param statement where it comes from, as an in-toto statement
   */
  record Member(StoredImage image, Platform platform, Optional<String> statement) {}

  /** The index, and what it refers to besides the images' manifests. */
  record Outer(Index index, List<Attestation> attestations) {}

  Bundle {
    members = List.copyOf(members);
  }

  static Bundle of(ImageStore store, StoredImage image) {
    List<Member> members = new ArrayList<>();
    for (Variant variant : store.variants(image)) {
      StoredImage each = store.get(variant.image().toString());
      members.add(new Member(each, variant.platform(), store.distribution().statement(each.id())));
    }
    return new Bundle(members);
  }

  /**
   * The index that is needed for more than a bare image.
   *
   * @param name that it goes out by
   * @param manifests of the members
   */
  Optional<Outer> outer(Optional<Reference> name, List<Descriptor> manifests) {
    List<Descriptor> entries = new ArrayList<>();
    List<Attestation> attestations = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      Descriptor described = manifests.get(i).withPlatform(members.get(i).platform());
      entries.add(described);
      members
          .get(i)
          .statement()
          .ifPresent(text -> attestations.add(Attestation.of(text, name, described)));
    }
    if (entries.size() == 1 && attestations.isEmpty()) {
      return Optional.empty();
    }
    attestations.forEach(attestation -> entries.add(attestation.descriptor()));
    return Optional.of(new Outer(Index.oci(entries), attestations));
  }
}
