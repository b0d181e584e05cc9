package io.berth.archive;

import io.berth.oci.Descriptor;
import io.berth.oci.Reference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The entries that an image has in an {@code index.json}: one for each name. */
final class Annotations {
  private Annotations() {}

  static List<Descriptor> entries(SavedImage image) {
    Descriptor plain = image.root().withAnnotations(Map.of());
    return image.names().isEmpty()
        ? List.of(plain)
        : image.names().stream().map(name -> plain.withAnnotations(of(name))).toList();
  }

  private static Map<String, String> of(Reference name) {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(Table.IMAGE_NAME, name.toString());
    name.tag().ifPresent(tag -> annotations.put(Table.REF_NAME, tag));
    return annotations;
  }
}
