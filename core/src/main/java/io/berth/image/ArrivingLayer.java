package io.berth.image;

import io.berth.api.Progress.LayerStatus;
import io.berth.error.InvalidInputException;
import io.berth.layers.BlobStore;
import io.berth.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;

/** A blob on its way from a source: whatever is read of it goes to the blob store too. */
final class ArrivingLayer extends InputStream {
  private final InputStream source;
  private final Descriptor blob;
  private final BlobStore.Ingest ingest;
  private final LayerProgress.OfLayer progress;
  private boolean complete;

  /** Says that the source failed, and not the content. */
  static final class SourceException extends IOException {
    SourceException(Descriptor blob, IOException cause) {
      super("Cannot read " + blob.digest() + ": " + cause.getMessage(), cause);
    }
  }

  /**
   * @param source at the ingest's offset
   */
  ArrivingLayer(
      InputStream source,
      Descriptor blob,
      BlobStore.Ingest ingest,
      LayerProgress.OfLayer progress) {
    this.source = source;
    this.blob = blob;
    this.ingest = ingest;
    this.progress = progress;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n;
    try {
      n = source.read(bytes, offset, length);
    } catch (IOException e) {
      throw new SourceException(blob, e);
    }
    if (n > 0) {
      ingest.write(bytes, offset, n);
      progress.on(LayerStatus.DOWNLOADING, ingest.offset());
    }
    return n;
  }

  /**
   * Reads what is left, and makes it a blob.
   *
   * @throws InvalidInputException when it is not what it should be; nothing is kept then
   */
  void finish() throws IOException {
    if (complete) {
      return;
    }
    try {
      byte[] buffer = new byte[64 << 10];
      while (read(buffer, 0, buffer.length) >= 0) {
        // read for the blob store
      }
      ingest.commit();
    } catch (InvalidInputException e) {
      ingest.forget();
      throw e;
    }
    complete = true;
    progress.on(LayerStatus.DOWNLOADED, blob.size());
    progress.on(LayerStatus.EXTRACTING, blob.size());
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
