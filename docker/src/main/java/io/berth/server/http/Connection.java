package io.berth.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * One connection: gives each request to a thread and reads no more than that thread takes. Its
 * methods run in the event loop, unless they say otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  static final String NAME = "connection";

  /** The client sends no more, though it may still read. */
  static final Object END_OF_INPUT = new Object();

  private static final int MOST_UNREAD = 1 << 20;

  private final Handler handler;
  private final Failures failures;
  private final Executor executor;
  private final Limits limits;
  private final RequestDecoder decoder;
  private ChannelHandlerContext context;
  private Outbound outbound;
  private Optional<Exchange> current = Optional.empty();
  private InboundStream in = ended();
  private Optional<Future<?>> deadline = Optional.empty();
  private long unread;
  private boolean abandoned;
  private boolean hijacked;
  private boolean inputEnded;

  Connection(
      Handler handler,
      Failures failures,
      Executor executor,
      Limits limits,
      RequestDecoder decoder) {
    this.handler = handler;
    this.failures = failures;
    this.executor = executor;
    this.limits = limits;
    this.decoder = decoder;
  }

  private static InboundStream ended() {
    InboundStream none = new InboundStream(() -> {}, Optional.empty());
    none.end();
    return none;
  }

  Limits limits() {
    return limits;
  }

  Outbound outbound() {
    return outbound;
  }

  Channel channel() {
    return context.channel();
  }

  FullHttpResponse continueResponse() {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
  }

  // ---- Life -------------------------------------------------------------------------------------

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    outbound = new Outbound(ctx.channel());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    expectRequest(true);
    ctx.read();
  }

  /** Closes the connection when no request has come in time. */
  private void expectRequest(boolean first) {
    long millis = first ? limits.header().toMillis() : limits.idle().toMillis();
    deadline =
        Optional.of(
            context.executor().schedule(() -> context.close(), millis, TimeUnit.MILLISECONDS));
  }

  private void requestCame() {
    deadline.ifPresent(d -> d.cancel(false));
    deadline = Optional.empty();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    requestCame();
    in.fail(new ClientGone());
    leave();
    outbound.changed();
  }

  private void leave() {
    current.ifPresent(
        exchange ->
            exchange
                .leave()
                .forEach(
                    hook -> {
                      try {
                        executor.execute(hook);
                      } catch (RejectedExecutionException e) {
                        hook.run();
                      }
                    }));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    outbound.changed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (CloseAtEnd.isEnd(event)) {
      inputEnded = true;
      if (hijacked) {
        in.end();
      } else if (current.isEmpty()) {
        ctx.close();
      } else if (current.get().header("Upgrade").isEmpty()) {
        // As in Go's server: whoever sends no more does not wait for the answer either.
        in.fail(new ClientGone());
        leave();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The client's fault or the network's; whoever waits is told when the channel is inactive.
    ctx.close();
  }

  // ---- Requests ---------------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      in.offer(bytes);
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(request);
    }
    if (message instanceof HttpContent content) {
      content(content);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest request) {
    requestCame();
    if (request.decoderResult().isFailure()) {
      refuse(400, "Bad Request");
      return;
    }
    unread = 0;
    abandoned = false;
    InboundStream body = new InboundStream(this::readSoon, Optional.of(limits.stall()));
    in = body;
    Exchange exchange;
    try {
      exchange = new Exchange(this, request, body);
    } catch (HttpError e) {
      refuse(e.status(), e.getMessage());
      return;
    }
    current = Optional.of(exchange);
    try {
      executor.execute(() -> answer(exchange));
    } catch (RejectedExecutionException e) {
      refuse(503, "Too many requests at once");
    }
  }

  private void content(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      content.release();
      in.fail(new ClientGone());
      context.close();
      return;
    }
    unread += content.content().readableBytes();
    boolean last = content instanceof LastHttpContent;
    in.offer(content.content());
    if (last) {
      in.end();
    } else if (abandoned && unread > MOST_UNREAD) {
      context.close();
    }
  }

  /** Answers what is not even a request, and hangs up. */
  private void refuse(int status, String message) {
    abandoned = true;
    in.discard();
    byte[] body = failures.answer(new HttpError(status, message)).body();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
    response.headers().set(HttpHeaderNames.CONNECTION, "close");
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  /** In a thread of its own. */
  private void answer(Exchange exchange) {
    try {
      try {
        handler.handle(exchange);
      } catch (ClientGone e) {
        throw e;
      } catch (Exception | LinkageError | StackOverflowError e) {
        fail(exchange, e);
      }
      exchange.finish();
    } catch (Exception | LinkageError | StackOverflowError e) {
      // Nobody is there to be told, too much is out to say anything else, or it cannot be said.
      context.close();
    }
  }

  private void fail(Exchange exchange, Throwable failure) throws ClientGone {
    if (exchange.gone()) {
      throw new ClientGone();
    }
    Failures.Answer answer = failures.answer(failure);
    if (exchange.isCommitted()) {
      throw new ClientGone();
    }
    exchange.send(answer.status(), answer.contentType(), answer.body());
  }

  /** The answer is out; called by the thread that made it. */
  void finished(Exchange exchange, boolean close) {
    context.executor().execute(() -> next(exchange, close));
  }

  private void next(Exchange exchange, boolean close) {
    current = Optional.empty();
    if (close || inputEnded) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    abandoned = true;
    in.discard();
    expectRequest(false);
    try {
      // Where the body is still arriving the decoder is not paused: its rest is thrown away.
      decoder.resume(context.pipeline().context(RequestDecoder.class));
    } catch (Exception e) {
      context.close();
      return;
    }
    read();
  }

  // ---- Reading ----------------------------------------------------------------------------------

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    read();
  }

  /** Called from any thread. */
  private void readSoon() {
    context.executor().execute(this::read);
  }

  /** Reads on, unless what came is still to be used. Reading also tells when the client leaves. */
  private void read() {
    boolean room =
        in.ended() ? hijacked || decoder.waiting() < MOST_UNREAD / 16 : abandoned || in.hasRoom();
    if (room && !inputEnded) {
      context.read();
    }
  }

  // ---- Leaving HTTP -----------------------------------------------------------------------------

  /** Called by the thread of the handler; waits until the connection has changed. */
  Duplex hijack(String head, Duplex.Form form) throws ClientGone {
    InboundStream raw = new InboundStream(this::readSoon, Optional.empty());
    try {
      context.executor().submit(() -> change(head, form, raw)).sync();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGone();
    } catch (RejectedExecutionException e) {
      throw new ClientGone();
    }
    return new Duplex(this, raw);
  }

  private void change(String head, Duplex.Form form, InboundStream raw) {
    in = raw;
    hijacked = true;
    if (inputEnded) {
      raw.end();
    }
    answer(head);
    if (form != Duplex.Form.RAW) {
      WebSocket.install(context.pipeline(), NAME, form == Duplex.Form.BINARY);
    }
    // What the client sent behind its request comes out of the decoder now.
    context.pipeline().remove(RequestDecoder.class);
    read();
  }

  /** Called by the thread of the handler: other handlers take the place of this one. */
  void upgrade(String head, BiConsumer<ChannelPipeline, Executor> protocol) throws ClientGone {
    try {
      context.executor().execute(() -> handOver(head, protocol));
    } catch (RejectedExecutionException e) {
      throw new ClientGone();
    }
  }

  private void handOver(String head, BiConsumer<ChannelPipeline, Executor> protocol) {
    if (inputEnded || !context.channel().isActive()) {
      context.close();
      return;
    }
    ChannelPipeline pipeline = context.pipeline();
    answer(head);
    protocol.accept(pipeline, executor);
    pipeline.addLast(new CloseAtEnd());
    pipeline.remove(this);
    pipeline.remove(RequestDecoder.class);
    pipeline.channel().config().setAutoRead(true);
  }

  /** Writes the last words of HTTP under its encoder, which passes buffers on as they are. */
  private void answer(String head) {
    context
        .pipeline()
        .context(HttpResponseEncoder.class)
        .writeAndFlush(Unpooled.copiedBuffer(head, StandardCharsets.US_ASCII));
    context.pipeline().remove(HttpResponseEncoder.class);
  }

  /** Called from any thread: hangs up once everything is out. */
  void closeWhenSent() {
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context.channel().close());
  }
}
