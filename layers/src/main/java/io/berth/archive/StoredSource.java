package io.berth.archive;

import io.berth.error.NotFoundException;
import io.berth.layers.BlobStore;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Map;

/**
 * An image whose content has been put in a blob store.
 *
 * @param written manifests that are not in the store, such as those that docker's archives lack
 */
record StoredSource(Descriptor root, BlobStore blobs, Map<Digest, byte[]> written)
    implements ImageSource {

  @Override
  public byte[] manifest(Descriptor manifest) throws IOException {
    byte[] bytes = written.get(manifest.digest());
    return bytes == null ? SmallFile.manifest(manifest, blob(manifest)) : bytes;
  }

  @Override
  public InputStream blob(Descriptor blob, long offset) throws IOException {
    FileChannel channel;
    try {
      channel = blobs.channel(blob.digest());
    } catch (NotFoundException e) {
      throw new NotFoundException(
          "The image archive lacks " + blob.digest() + ", which its manifest names", e);
    }
    channel.position(offset);
    return Channels.newInputStream(channel);
  }

  @Override
  public void close() {}
}
