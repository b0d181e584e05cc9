package io.berth.image;

import io.berth.api.Progress.LayerStatus;
import io.berth.error.InvalidInputException;
import io.berth.layers.BlobStore;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** A blob of the store on its way to a registry. It was verified when it came in. */
record StoredContent(BlobStore blobs, Descriptor blob, LayerProgress.OfLayer told)
    implements ImageSink.Content {
  // Between two messages of progress.
  private static final long PIECE = 2 << 20;

  @Override
  public InputStream open() throws IOException {
    return new Counted(Channels.newInputStream(blobs.channel(blob.digest())), told);
  }

  @Override
  public boolean sendTo(WritableByteChannel socket, long offset) throws IOException {
    try (FileChannel file = blobs.channel(blob.digest())) {
      if (file.size() != blob.size()) {
        throw new InvalidInputException(
            "Content "
                + blob.digest()
                + " should have "
                + blob.size()
                + " bytes, found "
                + file.size());
      }
      long sent = offset;
      while (sent < blob.size()) {
        sent += file.transferTo(sent, Math.min(PIECE, blob.size() - sent), socket);
        told.on(LayerStatus.PUSHING, sent);
      }
    }
    return true;
  }

  private static final class Counted extends FilterInputStream {
    private final LayerProgress.OfLayer told;
    private long count;

    Counted(InputStream in, LayerProgress.OfLayer told) {
      super(in);
      this.told = told;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = super.read(bytes, offset, length);
      count += Math.max(0, n);
      told.on(LayerStatus.PUSHING, count);
      return n;
    }
  }
}
