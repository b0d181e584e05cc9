package io.berth.server.http;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/** A request and its answer. Used by one thread, but for {@link #onGone} and {@link #gone}. */
public final class Exchange {
  private final Connection connection;
  private final HttpRequest request;
  private final InboundStream body;
  private final String path;
  private final Query query;
  private final List<Runnable> hooks = new ArrayList<>();
  private final DefaultHttpResponse response;
  private boolean committed;
  private boolean taken;
  private boolean gone;
  private boolean continued;

  Exchange(Connection connection, HttpRequest request, InboundStream body) {
    this.connection = connection;
    this.request = request;
    this.body = body;
    String uri = withoutHost(request.uri());
    int mark = uri.indexOf('?');
    this.path = Query.decode(mark < 0 ? uri : uri.substring(0, mark), false);
    this.query = Query.parse(mark < 0 ? "" : uri.substring(mark + 1));
    this.response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
  }

  /** A client of a proxy may give the whole address. */
  private static String withoutHost(String uri) {
    int scheme = uri.startsWith("/") ? -1 : uri.indexOf("://");
    int slash = scheme < 0 ? -1 : uri.indexOf('/', scheme + 3);
    return slash < 0 ? uri : uri.substring(slash);
  }

  public String method() {
    return request.method().name();
  }

  /** Decoded, with its slash at the front. */
  public String path() {
    return path;
  }

  public Query query() {
    return query;
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(request.headers().get(name));
  }

  /** All values of a header that is there several times. */
  public List<String> headers(String name) {
    return request.headers().getAll(name);
  }

  // ---- The request's body -----------------------------------------------------------------------

  /** Whether the request says that it has a body, empty or not. */
  public boolean hasBody() {
    return HttpUtil.isTransferEncodingChunked(request)
        || HttpUtil.getContentLength(request, 0L) > 0;
  }

  /** The body as it arrives. */
  public InputStream body() throws IOException {
    if (HttpUtil.is100ContinueExpected(request) && !continued && !committed) {
      continued = true;
      connection.outbound().write(connection.continueResponse());
    }
    return body;
  }

  /**
   * The whole body.
   *
   * @throws HttpError 400 when it is longer than a document may be
   */
  public byte[] document() throws IOException {
    int most = connection.limits().document();
    byte[] bytes = body().readNBytes(most + 1);
    if (bytes.length > most) {
      throw HttpError.badRequest("request body too large: the most is " + most + " bytes");
    }
    return bytes;
  }

  // ---- The client leaves ------------------------------------------------------------------------

  /** Runs something when the client closes the connection before the answer is complete. */
  public void onGone(Runnable hook) {
    synchronized (hooks) {
      if (!gone) {
        hooks.add(hook);
        return;
      }
    }
    hook.run();
  }

  /** Whether the client has closed the connection. */
  public boolean gone() {
    synchronized (hooks) {
      return gone;
    }
  }

  /** Tells those who asked; gives what they asked for, to be run where it may block. */
  List<Runnable> leave() {
    synchronized (hooks) {
      gone = true;
      List<Runnable> all = List.copyOf(hooks);
      hooks.clear();
      return all;
    }
  }

  // ---- The answer -------------------------------------------------------------------------------

  /** A header of the answer, whatever it will be. */
  public void setHeader(String name, String value) {
    response.headers().set(name, value);
  }

  public boolean isCommitted() {
    return committed;
  }

  /** Answers without a body. */
  public void send(int status) throws ClientGone {
    commit(status);
    if (status != 204 && status != 304) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    }
    connection.outbound().write(response);
  }

  /** Answers at once. */
  public void send(int status, String contentType, byte[] content) throws ClientGone {
    commit(status);
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, content.length);
    connection.channel().write(response, connection.channel().voidPromise());
    if (isHead()) {
      return;
    }
    for (int at = 0; at < content.length; at += PART) {
      connection.outbound().write(part(content, at, Math.min(PART, content.length - at)));
    }
  }

  /** Answers bit by bit: the headers go out now, the rest as it is written. */
  public OutputStream stream(int status, String contentType) throws ClientGone {
    commit(status);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
    if (isHead()) {
      connection.outbound().write(response);
      return OutputStream.nullOutputStream();
    }
    if (request.protocolVersion().isKeepAliveDefault()) {
      response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else {
      // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    connection.outbound().write(response);
    return new Body();
  }

  /**
   * Takes the connection over for bytes in both directions.
   *
   * @param upgrade whether to answer 101, as for a client that asked for it, rather than 200
   */
  public Duplex hijack(boolean upgrade, Map<String, String> headers) throws ClientGone {
    commit(upgrade ? 101 : 200);
    taken = true;
    return connection.hijack(head(upgrade, headers), Duplex.Form.RAW);
  }

  /**
   * Hands the connection over to another protocol, for which the client has asked with a header
   * {@code Upgrade}. Nothing of this exchange is used afterwards.
   *
   * @param protocol adds its handlers, and takes the threads in which requests are answered; called
   *     in the event loop
   */
  public void upgrade(String name, BiConsumer<ChannelPipeline, Executor> protocol)
      throws ClientGone {
    commit(101);
    taken = true;
    connection.upgrade(head(true, Map.of("Connection", "Upgrade", "Upgrade", name)), protocol);
  }

  /** Whether the client asks for a WebSocket. */
  public boolean wantsWebSocket() {
    return WebSocket.isAsked(request);
  }

  /**
   * Takes the connection over for a WebSocket.
   *
   * @throws HttpError 400 when the request is no proper handshake
   */
  public Duplex webSocket(boolean binary) throws ClientGone {
    Map<String, String> headers = WebSocket.answer(request);
    commit(101);
    taken = true;
    return connection.hijack(head(true, headers), binary ? Duplex.Form.BINARY : Duplex.Form.TEXT);
  }

  private static String head(boolean upgrade, Map<String, String> headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(upgrade ? "101 UPGRADED" : "200 OK");
    headers.forEach((n, v) -> head.append("\r\n").append(n).append(": ").append(v));
    return head.append("\r\n\r\n").toString();
  }

  private void commit(int status) {
    if (committed) {
      throw new IllegalStateException("The answer has begun already");
    }
    committed = true;
    response.setStatus(HttpResponseStatus.valueOf(status));
    if (!HttpUtil.isKeepAlive(request)) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
  }

  private boolean isHead() {
    return method().equals("HEAD");
  }

  /** Ends the answer; in the thread of the handler. */
  void finish() throws ClientGone {
    if (taken) {
      return;
    }
    if (!committed) {
      send(200);
    }
    connection.outbound().write(LastHttpContent.EMPTY_LAST_CONTENT);
    boolean close =
        !HttpUtil.isKeepAlive(request)
            || response.headers().containsValue("Connection", HttpHeaderValues.CLOSE, true);
    connection.finished(this, close);
  }

  private static final int PART = 32 << 10;

  private DefaultHttpContent part(byte[] bytes, int offset, int length) {
    return new DefaultHttpContent(connection.outbound().buffer(bytes, offset, length));
  }

  /** The body of an answer that has no length. */
  private final class Body extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int done = 0; done < length; done += PART) {
        connection.outbound().write(part(bytes, offset + done, Math.min(PART, length - done)));
      }
    }
  }
}
