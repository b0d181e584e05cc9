package io.berth.server.grpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A connection within a call, whose bytes travel in its messages (BytesMessage). */
public final class Tunnel {
  // One for each end: that of the call waits while the other side does not read.
  private static final int LOOPS = 2;

  private Tunnel() {}

  /**
   * Serves a connection until the call ends.
   *
   * @param protocol adds the handlers of what is spoken in it
   */
  public static void serve(ServerCall call, Consumer<ChannelPipeline> protocol)
      throws InterruptedException {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            LOOPS, new DefaultThreadFactory("berth-tunnel", true), LocalIoHandler.newFactory());
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    try {
      Channel outer = open(loops, call, protocol, channels);
      call.begin();
      call.onGone(outer::close);
      for (Optional<ProtoMessage> m = call.receive(); m.isPresent(); m = call.receive()) {
        outer.writeAndFlush(Unpooled.wrappedBuffer(m.get().bytes(1))).await();
      }
    } finally {
      channels.close().await();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static Channel open(
      EventLoopGroup loops,
      ServerCall call,
      Consumer<ChannelPipeline> protocol,
      ChannelGroup channels)
      throws InterruptedException {
    Channel listening =
        new ServerBootstrap()
            .group(loops)
            .channel(LocalServerChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channels.add(channel);
                    protocol.accept(channel.pipeline());
                  }
                })
            .bind(LocalAddress.ANY)
            .sync()
            .channel();
    channels.add(listening);
    Channel outer =
        new Bootstrap()
            .group(loops)
            .channel(LocalChannel.class)
            .handler(new Outgoing(call))
            .connect(listening.localAddress())
            .sync()
            .channel();
    channels.add(outer);
    return outer;
  }

  private static final class Outgoing extends SimpleChannelInboundHandler<ByteBuf> {
    private final ServerCall call;

    private Outgoing(ServerCall call) {
      this.call = call;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      call.send(new ProtoWriter().bytes(1, ByteBufUtil.getBytes(bytes)));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
