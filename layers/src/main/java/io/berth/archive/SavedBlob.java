package io.berth.archive;

import io.berth.oci.Descriptor;
import java.util.Objects;

/** A small document on its way: a manifest, an index, a configuration. */
public record SavedBlob(Descriptor descriptor, byte[] content) {
  public SavedBlob {
    Objects.requireNonNull(descriptor, "descriptor");
    Objects.requireNonNull(content, "content");
  }
}
