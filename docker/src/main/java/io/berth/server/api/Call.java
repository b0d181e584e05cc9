package io.berth.server.api;

import io.berth.server.http.ClientGone;
import io.berth.server.http.Exchange;
import io.berth.server.http.HttpError;
import io.berth.server.http.Query;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.util.Map;

/**
 * A request to an endpoint.
 *
 * @param version that the client speaks
 * @param parameters the variable parts of the path
 */
public record Call(Exchange exchange, ApiVersion version, Map<String, String> parameters) {
  private static final String JSON = "application/json";

  public String parameter(String name) {
    return parameters.get(name);
  }

  public Query query() {
    return exchange.query();
  }

  /**
   * The JSON body.
   *
   * @throws HttpError 400 when there is none, or it is not what it should be
   */
  public <T> T body(Class<T> type) throws IOException {
    checkJson();
    byte[] bytes = exchange.document();
    if (bytes.length == 0) {
      throw HttpError.badRequest("invalid JSON: got EOF while reading request body");
    }
    return WireJson.read(bytes, type);
  }

  /** The JSON body, or what an empty object would be when there is none. */
  public <T> T optionalBody(Class<T> type) throws IOException {
    byte[] bytes = exchange.document();
    if (bytes.length == 0) {
      return WireJson.read("{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII), type);
    }
    checkJson();
    return WireJson.read(bytes, type);
  }

  private void checkJson() {
    String type = exchange.header("Content-Type").orElse("");
    boolean json = type.split(";", 2)[0].strip().equalsIgnoreCase(JSON);
    if (!json && !(type.isEmpty() && !exchange.hasBody())) {
      throw HttpError.badRequest(
          "unsupported Content-Type header (" + type + "): must be 'application/json'");
    }
  }

  public void json(int status, Object value) throws ClientGone {
    exchange.send(status, JSON, WireJson.line(value));
  }

  public void json(Object value) throws ClientGone {
    json(200, value);
  }

  public void noContent() throws ClientGone {
    exchange.send(204);
  }
}
