package io.berth.layers;

import io.berth.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Content by its digest. A blob is there whole or not at all, and never changes; several processes
 * may use one store.
 *
 * <pre>{@code
 * BlobStore blobs = BlobStore.open(dataDirectory);
 * BlobStore.Blob blob = blobs.ingest(in, Optional.of(digest), OptionalLong.of(size));
 * try (InputStream content = blobs.open(blob.digest())) { ... }
 * }</pre>
 */
public interface BlobStore {
  /**
   * Opens the store in {@code data/blobs}; unfinished content is in {@code data/ingest}. Blobs that
   * came in just before a power cut may be lost by it, and are missing then.
   */
  static BlobStore open(Path data) {
    return new DiskBlobStore(BlobFiles.in(data, false));
  }

  /** The same, but what was committed survives a power cut from then on. */
  static BlobStore openDurable(Path data) {
    return new DiskBlobStore(BlobFiles.in(data, true));
  }

  /**
   * Takes in a stream, which is read to its end but not closed.
   *
   * @throws io.berth.error.InvalidInputException when the content is not what was expected, or too
   *     short, or goes on beyond the size; nothing is kept then
   * @throws IOException when the stream cannot be read; nothing is kept then
   */
  Blob ingest(InputStream content, Optional<Digest> expected, OptionalLong expectedSize)
      throws IOException;

  /**
   * Begins or resumes taking in known content piece by piece. What was written is kept when this
   * ends early, also by a crash. Waits while another thread or process takes in the same content.
   */
  Ingest begin(Digest expected, long size);

  /** Begins taking in content whose digest is told at its end, such as an upload's. */
  Draft draft();

  /**
   * @throws io.berth.error.NotFoundException when there is no such blob
   */
  InputStream open(Digest digest);

  /**
   * The content as a file, to read from any position or to send without copying.
   *
   * @throws io.berth.error.NotFoundException when there is no such blob
   */
  FileChannel channel(Digest digest);

  /**
   * @throws io.berth.error.NotFoundException when there is no such blob
   */
  long size(Digest digest);

  boolean has(Digest digest);

  /** Removes a blob; who reads it goes on. Removing an absent one does nothing. */
  void remove(Digest digest);

  /** Removes unfinished content that nobody takes in at present. */
  void removeParts();

  /** All blobs, in no particular order. */
  List<Digest> list();

  /** What a blob is called and how long it is. */
  record Blob(Digest digest, long size) {}

  /** Content on its way in without a name; for one thread at a time. Closing it forgets it. */
  interface Draft extends AutoCloseable {
    /** How many bytes were written. */
    long size();

    void write(byte[] bytes, int offset, int length);

    /**
     * Verifies the content and makes it a blob.
     *
     * @throws io.berth.error.InvalidInputException when it is not what was expected; nothing is
     *     kept then
     */
    default Blob commit(Digest expected) {
      return commit(Optional.of(expected));
    }

    /** The same, with whatever digest it has when none is expected. */
    Blob commit(Optional<Digest> expected);

    @Override
    void close();
  }

  /** Content on its way in; for one thread. Closing it before {@link #commit} keeps the part. */
  interface Ingest extends AutoCloseable {
    /** How many bytes are there already: go on from here. The size, when all are. */
    long offset();

    /**
     * @throws io.berth.error.InvalidInputException when this would exceed the size
     */
    void write(byte[] bytes, int offset, int length);

    /**
     * Verifies the content and makes it a blob.
     *
     * @throws io.berth.error.InvalidInputException when it is too short (the part is kept) or not
     *     what was expected (nothing is kept)
     */
    Blob commit();

    /** Forgets the part, to begin at 0 again, such as when a server cannot resume. */
    void restart();

    /**
     * Forgets the part for good, such as when the content turned out to be harmful; closes this.
     */
    void forget();

    @Override
    void close();
  }
}
