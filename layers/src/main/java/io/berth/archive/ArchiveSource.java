package io.berth.archive;

import io.berth.error.NotFoundException;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * An image of an archive.
 *
 * @param files what the archive has, by digests that are not verified
 * @param written manifests that the archive lacks
 */
record ArchiveSource(Descriptor root, Map<Digest, ArchiveFile> files, Map<Digest, byte[]> written)
    implements ImageSource {

  @Override
  public byte[] manifest(Descriptor manifest) throws IOException {
    byte[] bytes = written.get(manifest.digest());
    return bytes == null ? SmallFile.manifest(manifest, blob(manifest)) : bytes;
  }

  @Override
  public InputStream blob(Descriptor blob, long offset) throws IOException {
    ArchiveFile file = files.get(blob.digest());
    if (file == null) {
      throw new NotFoundException(
          "The image archive lacks "
              + blob.digest()
              + ", which is part of the image "
              + root.digest());
    }
    return file.open(offset);
  }

  @Override
  public void close() {}
}
