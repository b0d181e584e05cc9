package io.berth.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Listens on sockets and answers what comes in. */
public final class HttpTransport implements AutoCloseable {
  private static final int EVENT_LOOPS = 2;
  private static final int WRITE_LOW = 32 << 10;
  private static final int WRITE_HIGH = 64 << 10;

  private final Handler handler;
  private final Failures failures;
  private final Limits limits;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          EVENT_LOOPS, new DefaultThreadFactory("berth-io", true), NioIoHandler.newFactory());
  private final ThreadPoolExecutor workers;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  public HttpTransport(Handler handler, Failures failures, Limits limits) {
    this.handler = handler;
    this.failures = failures;
    this.limits = limits;
    this.workers =
        new ThreadPoolExecutor(
            2,
            limits.requests(),
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DefaultThreadFactory("berth-api", true));
  }

  /** Listens on a unix socket. */
  public void listen(UnixDomainSocketAddress address) throws IOException {
    bind(UnixServerChannel::new, address, Optional.empty());
  }

  /** Answers on a unix socket that listens already, whose it is from now on. */
  public void listen(ServerSocketChannel socket) throws IOException {
    bind(() -> new UnixServerChannel(socket), socket.getLocalAddress(), Optional.empty());
  }

  /**
   * Listens on TCP.
   *
   * @return the address, with the port that was chosen when 0 was asked
   */
  public InetSocketAddress listen(InetSocketAddress address, Optional<SslContext> tls)
      throws IOException {
    return (InetSocketAddress) bind(NioServerSocketChannel::new, address, tls).localAddress();
  }

  private Channel bind(
      ChannelFactory<? extends ServerChannel> type, SocketAddress address, Optional<SslContext> tls)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(type)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(WRITE_LOW, WRITE_HIGH))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    initialise(channel, tls);
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "Cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
    }
    channels.add(bound.channel());
    return bound.channel();
  }

  private void initialise(Channel channel, Optional<SslContext> tls) {
    channels.add(channel);
    if (channel.config() instanceof SocketChannelConfig tcp) {
      tcp.setAllowHalfClosure(true);
    }
    RequestDecoder decoder = new RequestDecoder(limits);
    tls.ifPresent(context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
    channel
        .pipeline()
        .addLast(decoder)
        .addLast(new HttpResponseEncoder())
        .addLast(Connection.NAME, new Connection(handler, failures, workers, limits, decoder));
  }

  /** Hangs up on everyone. */
  @Override
  public void close() {
    channels.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    workers.shutdown();
  }
}
