package io.berth.server.grpc;

import io.berth.server.grpc.GrpcException.Code;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Calls what the other side of a connection offers. Thread-safe. */
public final class GrpcClient implements AutoCloseable {
  private static final int WINDOW = 1 << 20;
  private static final int MOST_HEADERS = 64 << 10;

  private final Channel channel;

  private GrpcClient(Channel channel) {
    this.channel = channel;
  }

  /** Speaks HTTP/2 on a connection from here on; called in its event loop. */
  public static GrpcClient install(ChannelPipeline pipeline) {
    pipeline.addLast(
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .initialWindowSize(WINDOW)
                    .maxHeaderListSize(MOST_HEADERS))
            .encoderIgnoreMaxHeaderListSize(true)
            .build(),
        new Http2MultiplexHandler(new Nobody()));
    // That of the whole connection is not among the settings.
    pipeline.writeAndFlush(new DefaultHttp2WindowUpdateFrame(WINDOW));
    return new GrpcClient(pipeline.channel());
  }

  /** A server opens no streams. */
  @io.netty.channel.ChannelHandler.Sharable
  private static final class Nobody extends ChannelInboundHandlerAdapter {}

  /** Runs something, in the event loop, when the connection is closed. */
  public void onClose(Runnable hook) {
    channel.closeFuture().addListener(done -> hook.run());
  }

  /**
   * Begins a call.
   *
   * @param path such as {@code /grpc.health.v1.Health/Check}
   * @param metadata names in lower case, and their values
   */
  public ClientCall open(String path, Map<String, List<String>> metadata) {
    MessageStream stream = new MessageStream(s -> {});
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("http")
            .authority("localhost")
            .path(path)
            .set("content-type", "application/grpc")
            .set("te", "trailers");
    metadata.forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
    try {
      new Http2StreamChannelBootstrap(channel).handler(stream).open().get();
    } catch (ExecutionException e) {
      throw new GrpcException(
          Code.UNAVAILABLE, "the session is closed: " + e.getCause(), List.of(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GrpcException(Code.CANCELLED, "interrupted", List.of(), e);
    }
    stream.sendHeaders(headers);
    return new ClientCall(stream);
  }

  /** A call of one message in each direction. */
  public ProtoMessage call(String path, ProtoWriter request) {
    try (ClientCall call = open(path, Map.of())) {
      call.send(request);
      call.halfClose();
      ProtoMessage answer = call.receive().orElse(ProtoMessage.empty());
      while (call.receive().isPresent()) {
        // The status comes behind the message.
      }
      return answer;
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
