package io.berth.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.WritableByteChannel;

/**
 * Where an image, or an index of several, goes: a registry, an archive, a layout directory. What a
 * document refers to is given before the document, and the root last, once. Thread-safe, so that
 * several blobs can be given at once.
 */
public interface ImageSink extends AutoCloseable {

  /** Content that can be opened more than once, such as when an upload is tried again. */
  @FunctionalInterface
  interface Content {
    InputStream open() throws IOException;

    /**
     * Sends it from an offset to its end without copying, where it is in a file.
     *
     * @return false where it is not: then nothing has been sent
     */
    default boolean sendTo(WritableByteChannel socket, long offset) throws IOException {
      return false;
    }
  }

  /** Whether a config or layer is there already and need not be given. */
  boolean has(Descriptor blob) throws IOException;

  /**
   * Takes a config or layer.
   *
   * @throws io.berth.error.InvalidInputException when the content is not what the descriptor says;
   *     nothing is kept then
   */
  void blob(Descriptor blob, Content content) throws IOException;

  /** Takes a manifest or index that the root leads to. */
  void manifest(Descriptor manifest, byte[] bytes) throws IOException;

  /** Takes the manifest or index that is to have this sink's name: then the image is complete. */
  void root(Descriptor root, byte[] bytes) throws IOException;

  @Override
  void close();
}
