package io.berth.registry.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request as Netty decoded it. */
final class NettyRequest implements Request {
  private final String method;
  private final String path;
  private final Map<String, List<String>> parameters;
  private final HttpHeaders headers;
  private final InputStream body;

  /**
   * @throws IllegalArgumentException when the URI is not well encoded
   */
  NettyRequest(HttpRequest request, InputStream body) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    this.method = request.method().name();
    this.path = uri.path();
    this.parameters = uri.parameters();
    this.headers = request.headers();
    this.body = body;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public List<String> parameters(String name) {
    return parameters.getOrDefault(name, List.of());
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  @Override
  public InputStream body() {
    return body;
  }
}
