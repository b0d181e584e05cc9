package io.berth.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** An answer of a server. Closing it before its end gives up the connection. */
final class Response implements AutoCloseable {
  private final HttpUriRequestBase request;
  private final ClassicHttpResponse response;

  Response(HttpUriRequestBase request, ClassicHttpResponse response) {
    this.request = request;
    this.response = response;
  }

  int status() {
    return response.getCode();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(response.getFirstHeader(name)).map(Header::getValue);
  }

  List<String> headers(String name) {
    return Arrays.stream(response.getHeaders(name)).map(Header::getValue).toList();
  }

  /** The length of the body, where the server tells it. */
  OptionalLong length() {
    HttpEntity entity = response.getEntity();
    long length = entity == null ? 0 : entity.getContentLength();
    return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
  }

  InputStream body() throws IOException {
    HttpEntity entity = response.getEntity();
    return entity == null ? InputStream.nullInputStream() : entity.getContent();
  }

  /** The body; when it is larger, that many bytes and one more. */
  byte[] bytes(int limit) throws IOException {
    return body().readNBytes(limit + 1);
  }

  /** Reads what is left, if it is short, so that the connection can be used again. */
  void finish() {
    try (this) {
      if (length().orElse(0) < 64 << 10) {
        EntityUtils.consume(response.getEntity());
      }
    } catch (IOException e) {
      // Then the connection is closed.
    }
  }

  /** Gives the connection back after the body's last byte. */
  void finishBody() {
    try {
      // At the end of a body of known length this reads nothing.
      if (body().read() >= 0) {
        request.abort();
      }
    } catch (IOException e) {
      // Then the connection is closed.
    }
    close();
  }

  /** Gives up the connection at once; for other threads too. */
  void abort() {
    request.abort();
  }

  @Override
  public void close() {
    try {
      response.close();
    } catch (IOException e) {
      // It is given up anyhow.
    }
  }
}
