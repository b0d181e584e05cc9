package io.berth.image;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/** An image of the store, all of it in the blob store, kept there by a lease. */
record StoredImageSource(ImageStore store, Descriptor root, WorkLease lease)
    implements ImageSource {

  @Override
  public byte[] manifest(Descriptor manifest) {
    return store.distribution().read(manifest);
  }

  @Override
  public InputStream blob(Descriptor blob, long offset) throws IOException {
    FileChannel channel = store.blobs().channel(blob.digest());
    channel.position(offset);
    return Channels.newInputStream(channel);
  }

  @Override
  public void close() {
    lease.close();
  }
}
