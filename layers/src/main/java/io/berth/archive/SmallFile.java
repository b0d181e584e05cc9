package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;

/** Reads documents, which are small: one that is not is an attack on memory. */
final class SmallFile {
  private SmallFile() {}

  /** Reads and closes. */
  static byte[] read(String name, InputStream in) throws IOException {
    try (in) {
      byte[] bytes = in.readNBytes(Json.MAX_BYTES + 1);
      if (bytes.length > Json.MAX_BYTES) {
        throw new InvalidInputException(
            "Invalid image archive: "
                + name
                + " has more than the "
                + Json.MAX_BYTES
                + " bytes that are allowed");
      }
      return bytes;
    }
  }

  static byte[] manifest(Descriptor manifest, InputStream in) throws IOException {
    return read("manifest " + manifest.digest(), in);
  }
}
