package io.berth.registry.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedNioFile;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: requests one after the other, each answered by a worker. The channel reads only
 * when asked, so a request's content waits in the kernel until somebody wants it.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);
  private static final int CHUNK = 128 << 10;

  /** How much of a refused upload is read, so that its sender sees the answer and not a reset. */
  private static final long DRAIN = 16 << 20;

  private final RegistryApi api;
  private final Executor workers;

  // The rest is touched by the event loop only.
  private Optional<BodyStream> body = Optional.empty();

  /** Whether all of the present request has come: what comes now belongs to the next. */
  private boolean complete;

  private final Queue<Object> early = new ArrayDeque<>();

  ConnectionHandler(RegistryApi api, Executor workers) {
    this.api = api;
    this.workers = workers;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (complete) {
      early.add(message); // a client that does not wait for answers
    } else {
      take(context, message);
    }
  }

  private void take(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request) {
      begin(context, request);
    }
    if (message instanceof HttpContent content) {
      content(context, content);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  /** Goes on with the next request. */
  private void next(ChannelHandlerContext context) {
    complete = false;
    while (!complete && !early.isEmpty()) {
      take(context, early.remove());
    }
    if (!complete) {
      context.read();
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    Channel channel = context.channel();
    BodyStream stream =
        new BodyStream(
            HttpUtil.is100ContinueExpected(request)
                ? Optional.of(() -> sayContinue(channel))
                : Optional.empty(),
            () -> channel.eventLoop().execute(channel::read));
    body = Optional.of(stream);
    try {
      if (request.decoderResult().isFailure()) {
        throw new IllegalArgumentException(request.decoderResult().cause());
      }
      if (!HttpUtil.isTransferEncodingChunked(request)
          && HttpUtil.getContentLength(request, 0L) == 0) {
        stream.end(); // it is still to be said, perhaps after the answer is ready
      }
      NettyRequest decoded = new NettyRequest(request, stream);
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      workers.execute(() -> answer(context, decoded, stream, keepAlive));
      context.read();
    } catch (IllegalArgumentException e) {
      refuse(context, stream, 400);
    } catch (RejectedExecutionException e) {
      refuse(context, stream, 503);
    }
  }

  private static void sayContinue(Channel channel) {
    channel.writeAndFlush(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
  }

  private void refuse(ChannelHandlerContext context, BodyStream stream, int status) {
    stream.cut();
    send(context.channel(), Response.empty(status), false, false)
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void content(ChannelHandlerContext context, HttpContent content) {
    BodyStream stream = body.orElseThrow();
    complete = content instanceof LastHttpContent;
    if (content.decoderResult().isFailure()) {
      content.release();
      stream.cut();
      context.close();
      return;
    }
    boolean more = stream.offer(content.content()); // released by the stream
    if (complete) {
      stream.end();
    } else if (more) {
      context.read();
    }
  }

  /** Runs in a worker. */
  private void answer(
      ChannelHandlerContext context, NettyRequest request, BodyStream stream, boolean keepAlive) {
    Channel channel = context.channel();
    try {
      Response response = api.handle(request);
      boolean again = keepAlive && stream.isEnded();
      ChannelFuture sent = send(channel, response, request.method().equals("HEAD"), again);
      if (!again) {
        stream.drain(DRAIN);
      }
      sent.addListener(
          future -> {
            stream.cut();
            if (again && future.isSuccess()) {
              next(context);
            } else {
              channel.close();
            }
          });
    } catch (IOException e) {
      LOG.debug("{} {}: {}", request.method(), request.path(), e.getMessage());
      stream.cut();
      channel.close();
    } catch (RuntimeException | Error e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      stream.cut();
      channel.close();
    }
  }

  private static ChannelFuture send(
      Channel channel, Response response, boolean head, boolean keepAlive) {
    HttpResponse start =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()));
    response.headers().forEach(start.headers()::set);
    Response.Content content = response.content();
    if (response.status() != 204) {
      start.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.length());
    }
    if (!keepAlive) {
      start.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    channel.write(start);
    if (head || content.length() == 0) {
      close(content);
    } else if (content instanceof Response.Bytes bytes) {
      channel.write(Unpooled.wrappedBuffer(bytes.bytes()));
    } else if (content instanceof Response.FilePart part) {
      channel.write(fileMessage(channel, part));
    }
    return channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  /** The file from the page cache to the socket, or piece by piece when it is encrypted. */
  private static Object fileMessage(Channel channel, Response.FilePart part) {
    if (channel.pipeline().get(SslHandler.class) == null) {
      return new DefaultFileRegion(part.file(), part.offset(), part.length());
    }
    try {
      return new ChunkedNioFile(part.file(), part.offset(), part.length(), CHUNK);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void close(Response.Content content) {
    try {
      content.close();
    } catch (IOException e) {
      LOG.debug("closing a file", e);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof IdleStateEvent) {
      context.close();
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    body.ifPresent(BodyStream::cut);
    early.forEach(ReferenceCountUtil::release);
    early.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("{}: {}", context.channel().remoteAddress(), cause.toString());
    context.close();
  }
}
