package io.berth.remote.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.remote.transport.Answer;
import io.berth.remote.transport.Ask;
import io.berth.remote.transport.Duplex;
import io.berth.remote.transport.Transport.Hijacked;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request to an engine, put together and then sent. Not thread-safe. */
public final class Call {
  private final Api api;
  private final String method;
  private final String path;
  private final StringBuilder query = new StringBuilder();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private Optional<byte[]> document = Optional.empty();
  private Optional<Ask.Body> stream = Optional.empty();

  Call(Api api, String method, String path) {
    this.api = api;
    this.method = method;
    this.path = path;
  }

  /** A part of a path, with all encoded that does not belong there; slashes stay. */
  public static String part(String text) {
    return encode(text, "-._~/:@");
  }

  private static String encode(String text, String plain) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (letter || plain.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append(String.format("%%%02X", b & 0xff));
      }
    }
    return encoded.toString();
  }

  public Call query(String name, Object value) {
    query.append(query.length() == 0 ? '?' : '&').append(name).append('=');
    query.append(encode(value.toString(), "-._~"));
    return this;
  }

  /** A flag, which is left out when it is not set. */
  public Call flag(String name, boolean value) {
    return value ? query(name, 1) : this;
  }

  public Call query(String name, Optional<?> value) {
    value.ifPresent(v -> query(name, v));
    return this;
  }

  /** The parameter {@code filters}; left out when there are none. */
  public Call filters(Map<String, List<String>> filters) {
    return filters.isEmpty() ? this : document("filters", filters);
  }

  /** A parameter in JSON. */
  public Call document(String name, Object value) {
    return query(name, new String(WireJson.bytes(value), StandardCharsets.UTF_8));
  }

  public Call header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** A document to send. */
  public Call body(Object value) {
    document = Optional.of(WireJson.bytes(value));
    return this;
  }

  /** A tar to send, while it is made. */
  public Call tar(Ask.Body body) {
    stream = Optional.of(body);
    return header("Content-Type", "application/x-tar");
  }

  private Ask ask() {
    Ask ask = Ask.of(method, "/v" + api.version() + path + query);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      ask = ask.header(header.getKey(), header.getValue());
    }
    if (document.isPresent()) {
      ask = ask.body("application/json", document.get());
    }
    return stream.isPresent() ? ask.body(stream.get()) : ask;
  }

  /**
   * Sends it; the answer is a success, and has to be closed.
   *
   * @throws BerthException what the embedded engine would throw for the same
   */
  public Answer open() {
    Answer answer = api.transport().send(ask());
    if (answer.status() < 300) {
      return answer;
    }
    try (answer) {
      throw Failures.of(answer);
    } catch (IOException e) {
      throw api.transport().broken(e);
    }
  }

  /** Sends it and reads the document that answers it. */
  public <T> T read(Class<T> type) {
    try (Answer answer = open()) {
      return WireJson.read(answer.body().readAllBytes(), type);
    } catch (IOException e) {
      throw api.transport().broken(e);
    }
  }

  /** The same, where a thing that is not there is no error. */
  public <T> Optional<T> find(Class<T> type) {
    try {
      return Optional.of(read(type));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  public JsonNode tree() {
    return read(JsonNode.class);
  }

  /**
   * Sends it and waits until it is done.
   *
   * @return whether the engine had anything to do (it says 304 when not)
   */
  public boolean done() {
    try (Answer answer = api.transport().send(ask())) {
      if (answer.status() == 304) {
        return false;
      }
      if (answer.status() >= 300) {
        throw Failures.of(answer);
      }
      answer.body().readAllBytes();
      return true;
    } catch (IOException e) {
      throw api.transport().broken(e);
    }
  }

  /** Copies the body of the answer. */
  public void copyTo(java.io.OutputStream out) throws IOException {
    try (Answer answer = open()) {
      InputStream body = answer.body();
      byte[] buffer = new byte[64 << 10];
      for (int n = read(body, buffer); n >= 0; n = read(body, buffer)) {
        out.write(buffer, 0, n);
      }
    }
  }

  private int read(InputStream body, byte[] buffer) {
    try {
      return body.read(buffer);
    } catch (IOException e) {
      throw api.transport().broken(e);
    }
  }

  /** Reads documents that come one after another, until there are no more. */
  public <T> void forEach(Class<T> type, java.util.function.Consumer<T> action) {
    try (JsonFeed<T, T> feed = new JsonFeed<>(api, open(), type, Optional::of)) {
      feed.forEachHere(action);
    }
  }

  /** Takes the connection over. */
  public Duplex hijack() {
    Hijacked result = api.transport().hijack(ask());
    if (result.duplex().isPresent()) {
      return result.duplex().get();
    }
    try (Answer answer = result.refusal().orElseThrow()) {
      throw Failures.of(answer);
    } catch (IOException e) {
      throw api.transport().broken(e);
    }
  }
}
