package io.berth.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** WebSockets (RFC 6455): the handshake, and frames made into bytes and back. */
final class WebSocket {
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MOST_IN_FRAME = 1 << 20;

  private WebSocket() {}

  static boolean isAsked(HttpRequest request) {
    return request.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true);
  }

  /** The headers that accept a handshake. */
  static Map<String, String> answer(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String key = headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (!isAsked(request)
        || key == null
        || !"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      throw HttpError.badRequest("Bad Request: expected a WebSocket handshake of version 13");
    }
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("Upgrade", "websocket");
    answer.put("Connection", "Upgrade");
    answer.put("Sec-WebSocket-Accept", accept(key));
    return answer;
  }

  private static String accept(String key) {
    try {
      byte[] text = (key + MAGIC).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts the framing before a handler that has bytes. */
  static void install(ChannelPipeline pipeline, String before, boolean binary) {
    pipeline.addBefore(before, "ws-encoder", new WebSocket13FrameEncoder(false));
    pipeline.addBefore(
        before,
        "ws-decoder",
        new WebSocket13FrameDecoder(
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MOST_IN_FRAME)
                .withUTF8Validator(false)
                .build()));
    pipeline.addBefore(before, "ws-bytes", new Bytes(binary));
  }

  private static final class Bytes extends ChannelDuplexHandler {
    private final boolean binary;

    private Bytes(boolean binary) {
      this.binary = binary;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      WebSocketFrame frame = (WebSocketFrame) message;
      if (frame instanceof PingWebSocketFrame) {
        ctx.writeAndFlush(new PongWebSocketFrame(frame.content()));
      } else if (frame instanceof PongWebSocketFrame) {
        frame.release();
      } else if (frame instanceof CloseWebSocketFrame) {
        frame.release();
        ctx.fireUserEventTriggered(Connection.END_OF_INPUT);
      } else {
        ctx.fireChannelRead(frame.content());
      }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (message instanceof ByteBuf bytes) {
        ctx.write(
            binary ? new BinaryWebSocketFrame(bytes) : new TextWebSocketFrame(bytes), promise);
      } else {
        ctx.write(message, promise);
      }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
      ctx.writeAndFlush(new CloseWebSocketFrame(1000, "")).addListener(done -> ctx.close(promise));
    }
  }
}
