package io.berth.server.grpc;

import io.berth.server.grpc.GrpcException.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The messages of one call, on either side: the event loop puts in what comes, threads that block
 * take it out. No more is read than is taken, so that HTTP/2's flow control holds the other side
 * back.
 */
final class MessageStream extends ChannelInboundHandlerAdapter {
  /** The longest message, as BuildKit has it. */
  static final int MOST_BYTES = 16 << 20;

  private static final int PREFIX = 5;
  private static final long ROOM = 256 << 10;

  private final Consumer<MessageStream> begun;
  private final Deque<byte[]> messages = new ArrayDeque<>();
  private final List<Runnable> hooks = new ArrayList<>();
  private ByteBuf partial = Unpooled.EMPTY_BUFFER;
  private Channel channel;
  private Optional<Http2Headers> head = Optional.empty();
  private Optional<Http2Headers> trailers = Optional.empty();
  private Optional<GrpcException> failure = Optional.empty();
  private long queued;
  private boolean ended;
  private boolean gone;
  private boolean finished;

  /**
   * @param begun is told, in the event loop, when the other side's headers are there
   */
  MessageStream(Consumer<MessageStream> begun) {
    this.begun = begun;
  }

  // ---- The event loop's side --------------------------------------------------------------------

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    channel.config().setAutoRead(false);
    partial = ctx.alloc().buffer();
    if (channel.isActive()) {
      ctx.read();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    try {
      if (frame instanceof Http2HeadersFrame headers) {
        headers(headers.headers(), headers.isEndStream());
      } else if (frame instanceof Http2DataFrame data) {
        data(data.content(), data.isEndStream());
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void headers(Http2Headers headers, boolean last) {
    boolean first;
    synchronized (this) {
      first = head.isEmpty();
      if (first) {
        head = Optional.of(headers);
      }
      if (last) {
        trailers = Optional.of(headers);
        ended = true;
      }
      notifyAll();
    }
    if (first) {
      begun.accept(this);
    }
  }

  private synchronized void data(ByteBuf content, boolean last) {
    if (ended) {
      return;
    }
    partial.writeBytes(content);
    while (failure.isEmpty() && partial.readableBytes() >= PREFIX) {
      int length = partial.getInt(partial.readerIndex() + 1);
      if (partial.getByte(partial.readerIndex()) != 0) {
        fail(new GrpcException(Code.UNIMPLEMENTED, "Berth takes no compressed messages"));
      } else if (length < 0 || length > MOST_BYTES) {
        fail(
            new GrpcException(
                Code.RESOURCE_EXHAUSTED, "a message is longer than " + MOST_BYTES + " bytes"));
      } else if (partial.readableBytes() >= PREFIX + length) {
        partial.skipBytes(PREFIX);
        byte[] message = new byte[length];
        partial.readBytes(message);
        messages.add(message);
        queued += length;
      } else {
        break;
      }
    }
    partial.discardSomeReadBytes();
    if (last) {
      if (partial.isReadable()) {
        fail(GrpcException.malformed("the call ends within it"));
      }
      ended = true;
    }
    notifyAll();
  }

  private void fail(GrpcException why) {
    if (failure.isEmpty()) {
      failure = Optional.of(why);
    }
    ended = true;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (hasRoom()) {
      ctx.read();
    }
  }

  private synchronized boolean hasRoom() {
    return queued < ROOM;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    synchronized (this) {
      notifyAll();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) {
      leave(new GrpcException(Code.CANCELLED, "the other side has cancelled the call"));
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leave(new GrpcException(Code.UNAVAILABLE, "the connection is closed"));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    synchronized (this) {
      partial.release();
      partial = Unpooled.EMPTY_BUFFER;
      ended = true;
      notifyAll();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    leave(new GrpcException(Code.INTERNAL, "HTTP/2: " + cause.getMessage()));
    ctx.close();
  }

  private void leave(GrpcException why) {
    List<Runnable> told;
    synchronized (this) {
      if (!ended) {
        fail(why);
      }
      gone = true;
      told = finished ? List.of() : List.copyOf(hooks);
      hooks.clear();
      notifyAll();
    }
    told.forEach(Runnable::run);
  }

  // ---- The side of threads ----------------------------------------------------------------------

  /** Runs something when the other side leaves before this side has finished; it must not block. */
  void onGone(Runnable hook) {
    synchronized (this) {
      if (!gone) {
        hooks.add(hook);
        return;
      }
    }
    hook.run();
  }

  synchronized boolean gone() {
    return gone;
  }

  synchronized Optional<String> header(String name) {
    return head.map(h -> h.get(name)).map(CharSequence::toString);
  }

  synchronized List<String> headers(String name) {
    return head.map(h -> h.getAll(name)).orElse(List.of()).stream()
        .map(CharSequence::toString)
        .toList();
  }

  synchronized Optional<String> trailer(String name) {
    return trailers.map(h -> h.get(name)).map(CharSequence::toString);
  }

  /** The next message; empty when the other side sends no more. */
  Optional<byte[]> receive() {
    byte[] message;
    boolean low;
    synchronized (this) {
      while (messages.isEmpty() && !ended) {
        await();
      }
      if (messages.isEmpty()) {
        if (failure.isPresent()) {
          GrpcException why = failure.get();
          throw new GrpcException(why.code(), why.getMessage(), List.of(), why);
        }
        return Optional.empty();
      }
      message = messages.remove();
      low = queued >= ROOM && queued - message.length < ROOM;
      queued -= message.length;
    }
    if (low) {
      channel.read();
    }
    return Optional.of(message);
  }

  /** Sends a message, and waits until there is room for more. */
  void send(byte[] message) {
    ByteBuf frame = channel.alloc().buffer(PREFIX + message.length);
    frame.writeByte(0).writeInt(message.length).writeBytes(message);
    channel.writeAndFlush(new DefaultHttp2DataFrame(frame));
    synchronized (this) {
      while (!channel.isWritable() && !gone) {
        await();
      }
      // After the other side's last words it need not be there: they say how the call ended.
      if (gone && trailers.isEmpty()) {
        throw new GrpcException(Code.CANCELLED, "the other side is gone");
      }
    }
  }

  private void await() {
    try {
      // Told of every change; the bound is for one between the check and the wait.
      wait(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GrpcException(Code.CANCELLED, "interrupted", List.of(), e);
    }
  }

  void sendHeaders(Http2Headers headers) {
    channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers));
  }

  /** Ends this side with trailers, and with it the call. */
  void finish(Http2Headers last) {
    synchronized (this) {
      finished = true;
    }
    channel
        .writeAndFlush(new DefaultHttp2HeadersFrame(last, true))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Says that this side sends no more. */
  void halfClose() {
    channel.writeAndFlush(new DefaultHttp2DataFrame(true));
  }

  /** Ends the call, whatever its state. */
  void cancel() {
    synchronized (this) {
      finished = true;
    }
    channel.close();
  }
}
