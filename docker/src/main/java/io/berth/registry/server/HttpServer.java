package io.berth.registry.server;

import io.berth.error.StorageException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Listens, and brings the requests of all connections to the {@link RegistryApi}. */
final class HttpServer implements AutoCloseable {
  private static final int EVENT_LOOPS = 2;
  private static final int WORKERS = 64;
  private static final int WAITING = 1024;
  private static final int IDLE_SECONDS = 300;
  private static final int PIECE = 256 << 10;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          EVENT_LOOPS, new DefaultThreadFactory("registry-io", true), NioIoHandler.newFactory());
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          WORKERS,
          WORKERS,
          30,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          new DefaultThreadFactory("registry", true));
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Channel listener;

  HttpServer(InetSocketAddress address, Optional<SslContext> tls, RegistryApi api) {
    workers.allowCoreThreadTimeOut(true);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 256)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(1 << 10, 16 << 10, PIECE))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    connections.add(channel);
                    fill(channel.pipeline(), channel, tls, api);
                  }
                });
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      shutDown();
      throw new StorageException(
          "Cannot listen at " + address + ": " + bound.cause().getMessage(), bound.cause());
    }
    this.listener = bound.channel();
  }

  private void fill(
      ChannelPipeline pipeline, SocketChannel channel, Optional<SslContext> tls, RegistryApi api) {
    tls.ifPresent(context -> pipeline.addLast(context.newHandler(channel.alloc())));
    pipeline.addLast(
        new IdleStateHandler(true, 0, 0, IDLE_SECONDS, TimeUnit.SECONDS),
        new HttpServerCodec(new HttpDecoderConfig().setMaxChunkSize(PIECE)),
        new ChunkedWriteHandler(),
        new ConnectionHandler(api, workers));
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Stops listening and cuts all connections. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    shutDown();
  }

  private void shutDown() {
    workers.shutdownNow();
    try {
      workers.awaitTermination(10, TimeUnit.SECONDS); // they need the loops to end
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
