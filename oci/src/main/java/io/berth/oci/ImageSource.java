package io.berth.oci;

import java.io.IOException;
import java.io.InputStream;

/**
 * Where an image, or an index of several, comes from: a registry, an archive, a layout directory,
 * the store. Its content is not trusted: who takes it checks sizes and digests. Thread-safe, so
 * that several blobs can be read at once.
 *
 * <pre>{@code
 * try (ImageSource source = ...) {
 *   Descriptor root = source.root();
 *   RootDocument document = RootDocument.parse(source.manifest(root), root.mediaType());
 * }
 * }</pre>
 */
public interface ImageSource extends AutoCloseable {

  /** The manifest or index that this source was opened for. */
  Descriptor root();

  /**
   * The bytes of a manifest or index: of the root, or of one that it leads to.
   *
   * @throws io.berth.error.NotFoundException when there is none
   */
  byte[] manifest(Descriptor manifest) throws IOException;

  /**
   * The content of a config or layer from an offset on; closed by the caller.
   *
   * @param offset of the first byte wanted, at most the descriptor's size
   * @throws io.berth.error.NotFoundException when there is none
   */
  InputStream blob(Descriptor blob, long offset) throws IOException;

  /** The whole content of a config or layer; closed by the caller. */
  default InputStream blob(Descriptor blob) throws IOException {
    return blob(blob, 0);
  }

  @Override
  void close();
}
