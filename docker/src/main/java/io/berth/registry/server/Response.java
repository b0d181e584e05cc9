package io.berth.registry.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer. The one to HEAD is the one to GET, sent without its content.
 *
 * @param content closed by whoever sends it
 */
record Response(int status, Map<String, String> headers, Content content) {

  /** What is sent after the headers. */
  sealed interface Content extends AutoCloseable {
    long length();

    @Override
    default void close() throws IOException {}
  }

  /** Content in memory. */
  record Bytes(byte[] bytes) implements Content {
    @Override
    public long length() {
      return bytes.length;
    }
  }

  /** A part of a file. */
  record FilePart(FileChannel file, long offset, long length) implements Content {
    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static final byte[] NOTHING = {};

  static Response empty(int status) {
    return new Response(status, Map.of(), new Bytes(NOTHING));
  }

  static Response json(int status, byte[] body) {
    return new Response(status, Map.of("Content-Type", "application/json"), new Bytes(body));
  }

  Response with(Content replacement) {
    return new Response(status, headers, replacement);
  }

  Response with(String header, Object value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value.toString());
    return new Response(status, more, content);
  }
}
