package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.layers.Snapshotter.LayerDigest;
import io.berth.layers.tar.TarWriter;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** What a snapshot differs in from its parent, as a tar or as a list; the same for all drivers. */
final class Differences {
  private Differences() {}

  /** Finds the differences. */
  @FunctionalInterface
  interface Finder {
    void writeTo(ChangeSink out) throws IOException;
  }

  static LayerDigest write(String key, OutputStream tar, Finder finder) {
    Digester digester = Digester.sha256();
    try {
      finder.writeTo(new ChangeWriter(new TarWriter(new DigestingOutput(tar, digester))));
    } catch (IOException e) {
      throw new StorageException(
          "Cannot write the changes of snapshot " + key + ": " + e.getMessage(), e);
    }
    return new LayerDigest(digester.digest(), digester.size());
  }

  static List<PathChange> list(String key, Lower lower, Finder finder) {
    ChangeList list = new ChangeList(lower.root());
    try {
      finder.writeTo(list);
    } catch (IOException e) {
      throw new StorageException(
          "Cannot list the changes of snapshot " + key + ": " + e.getMessage(), e);
    }
    return list.changes();
  }
}
