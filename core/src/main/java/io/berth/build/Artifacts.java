package io.berth.build;

import io.berth.oci.ImageSink;
import io.berth.oci.ImageSource;
import io.berth.oci.Reference;

/** Registries, as far as build caches need them. */
public interface Artifacts {
  ImageSource pull(Reference reference);

  ImageSink push(Reference reference);
}
