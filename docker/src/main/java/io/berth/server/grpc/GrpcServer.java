package io.berth.server.grpc;

import io.berth.server.grpc.GrpcException.Code;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Answers the calls of a connection. */
public final class GrpcServer {
  private static final int MOST_CALLS = 100;
  private static final int MOST_HEADERS = 64 << 10;

  private final Map<String, Method> methods;
  private final Function<Throwable, GrpcException> failures;

  /** Answers one call: its status is OK when this returns. */
  @FunctionalInterface
  public interface Method {
    void answer(ServerCall call) throws Exception;
  }

  /**
   * @param methods by their paths, such as {@code /grpc.health.v1.Health/Check}
   * @param failures what a client is told of what a method throws
   */
  public GrpcServer(Map<String, Method> methods, Function<Throwable, GrpcException> failures) {
    this.methods = Map.copyOf(methods);
    this.failures = failures;
  }

  /**
   * Speaks HTTP/2 on a connection from here on.
   *
   * @param executor has a thread for each call
   */
  public void install(ChannelPipeline pipeline, Executor executor) {
    pipeline.addLast(
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MOST_CALLS)
                    .maxHeaderListSize(MOST_HEADERS))
            .encoderIgnoreMaxHeaderListSize(true)
            .build(),
        new Http2MultiplexHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new MessageStream(s -> begin(s, executor)));
              }
            }));
  }

  private void begin(MessageStream stream, Executor executor) {
    ServerCall call = new ServerCall(stream);
    try {
      executor.execute(() -> answer(call));
    } catch (RejectedExecutionException e) {
      call.finish(
          Optional.of(new GrpcException(Code.RESOURCE_EXHAUSTED, "Too many requests at once")));
    }
  }

  private void answer(ServerCall call) {
    Optional<GrpcException> failure = Optional.empty();
    try {
      String path = call.header(":path").orElse("");
      Method method = methods.get(path);
      if (method == null) {
        throw new GrpcException(Code.UNIMPLEMENTED, "Berth does not offer " + path);
      }
      method.answer(call);
    } catch (GrpcException e) {
      failure = Optional.of(e);
    } catch (Exception | LinkageError | StackOverflowError e) {
      failure = Optional.of(failures.apply(e));
    }
    call.finish(failure);
  }
}
