package io.berth.remote.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request.
 *
 * @param target path and query, encoded
 */
public record Ask(String method, String target, Map<String, String> headers, Optional<Body> body) {
  /** What a request sends along. */
  public interface Body {
    void writeTo(OutputStream out) throws IOException;

    /** Its length in bytes; negative when that is not known before. */
    default long length() {
      return -1;
    }
  }

  public Ask {
    headers = Map.copyOf(headers);
  }

  public static Ask of(String method, String target) {
    return new Ask(method, target, Map.of(), Optional.empty());
  }

  public Ask header(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Ask(method, target, all, body);
  }

  /** With content that is there. */
  public Ask body(String type, byte[] content) {
    Body whole =
        new Body() {
          @Override
          public void writeTo(OutputStream out) throws IOException {
            out.write(content);
          }

          @Override
          public long length() {
            return content.length;
          }
        };
    return header("Content-Type", type).body(whole);
  }

  /** With content that is made while it is sent. */
  public Ask body(Body content) {
    return new Ask(method, target, headers, Optional.of(content));
  }

  /** Whether it may be asked again when nobody has answered. */
  boolean isRepeatable() {
    return body.isEmpty() && (method.equals("GET") || method.equals("HEAD"));
  }
}
