package io.berth.archive;

import io.berth.oci.Descriptor;
import java.io.IOException;
import java.io.OutputStream;

/** A layer on its way into an archive or layout. */
public interface SavedLayer {

  /** The layer as its image's manifest names it. */
  Descriptor descriptor();

  /** The size of the layer's tar, uncompressed. */
  long tarSize();

  /** Writes exactly the descriptor's content. */
  void writeTo(OutputStream out) throws IOException;

  /** Writes the layer's tar, uncompressed. */
  void writeTar(OutputStream out) throws IOException;
}
