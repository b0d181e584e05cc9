package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of an upload: content of known length, in large pieces or straight from its file. */
final class BlobEntity extends AbstractHttpEntity {
  private final Descriptor blob;
  private final ImageSink.Content content;
  private final long offset;
  private Optional<SocketChannel> socket = Optional.empty();

  /**
   * @param offset from where to the end
   */
  BlobEntity(Descriptor blob, ImageSink.Content content, long offset) {
    super(ContentType.APPLICATION_OCTET_STREAM, null);
    this.blob = blob;
    this.content = content;
    this.offset = offset;
  }

  /** Tells the connection that the next {@link #writeTo} is for, where it is not encrypted. */
  void over(Optional<SocketChannel> connection) {
    socket = connection;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    if (socket.isPresent()) {
      out.flush(); // what is before the body
      if (content.sendTo(socket.get(), offset)) {
        return;
      }
    }
    byte[] buffer = new byte[256 << 10];
    long count = offset;
    try (InputStream in = getContent()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count += n;
        if (count > blob.size()) {
          break;
        }
        out.write(buffer, 0, n);
      }
    }
    if (count != blob.size()) {
      throw new InvalidInputException(
          "Content "
              + blob.digest()
              + " should have "
              + blob.size()
              + " bytes, found "
              + (count > blob.size() ? "more" : count + " bytes"));
    }
  }

  @Override
  public InputStream getContent() throws IOException {
    InputStream in = content.open();
    try {
      in.skipNBytes(offset);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public long getContentLength() {
    return blob.size() - offset;
  }

  @Override
  public boolean isRepeatable() {
    return true;
  }

  @Override
  public boolean isStreaming() {
    return true;
  }

  @Override
  public void close() {
    // What was opened is closed where it was.
  }
}
