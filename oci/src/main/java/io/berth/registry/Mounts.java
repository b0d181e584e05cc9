package io.berth.registry;

import io.berth.oci.Descriptor;
import io.berth.oci.Reference;
import java.util.List;

/** Knows which repositories have a blob, so that a registry can take it from there. */
public interface Mounts {

  /** Repositories, on any registry, that are likely to have a blob. */
  List<Reference> origins(Descriptor blob);

  /** Hears that a registry took a blob from one of them. */
  default void mounted(Descriptor blob, Reference origin) {}

  /** Knows none. */
  static Mounts none() {
    return blob -> List.of();
  }
}
