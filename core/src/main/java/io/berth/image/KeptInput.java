package io.berth.image;

import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.oci.MediaTypes;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A layer that is read once: what is read goes to the blob store too. */
final class KeptInput extends FilterInputStream {
  private final BlobStore.Draft draft;
  private final byte[] start = new byte[4];

  KeptInput(InputStream in, BlobStore.Draft draft) {
    super(in);
    this.draft = draft;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = super.read(bytes, offset, length);
    if (n > 0) {
      int known = (int) Math.min(draft.size(), start.length);
      System.arraycopy(bytes, offset, start, known, Math.min(n, start.length - known));
      draft.write(bytes, offset, n);
    }
    return n;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** What the first bytes say that it is. */
  String mediaType() {
    return switch (Compression.of(Arrays.copyOf(start, (int) Math.min(draft.size(), 4)))) {
      case NONE -> MediaTypes.OCI_LAYER;
      case GZIP -> MediaTypes.OCI_LAYER_GZIP;
      case ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
    };
  }
}
