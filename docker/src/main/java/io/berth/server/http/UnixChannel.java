package io.berth.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.FileRegion;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.AbstractNioByteChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/**
 * A connection over a unix socket of the JDK. Netty's own class for it closes when the client has
 * closed its half, and the docker command closes its half of every attach that has no input.
 */
final class UnixChannel extends AbstractNioByteChannel {
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private boolean inputEnded;

  UnixChannel(Channel parent, SocketChannel channel) {
    super(parent, channel);
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  protected SocketChannel javaChannel() {
    return (SocketChannel) super.javaChannel();
  }

  @Override
  public boolean isActive() {
    return javaChannel().isOpen() && javaChannel().isConnected();
  }

  @Override
  protected void doBeginRead() throws Exception {
    if (!inputEnded) {
      super.doBeginRead();
    }
  }

  /** The end is told as an event, and the channel stays open for what is to be written. */
  @Override
  protected int doReadBytes(ByteBuf buffer) throws IOException {
    RecvByteBufAllocator.Handle handle = unsafe().recvBufAllocHandle();
    handle.attemptedBytesRead(buffer.writableBytes());
    int count = buffer.writeBytes(javaChannel(), handle.attemptedBytesRead());
    if (count >= 0) {
      return count;
    }
    inputEnded = true;
    clearReadPending();
    eventLoop().execute(() -> pipeline().fireUserEventTriggered(Connection.END_OF_INPUT));
    return 0;
  }

  @Override
  protected int doWriteBytes(ByteBuf buffer) throws IOException {
    return buffer.readBytes(javaChannel(), buffer.readableBytes());
  }

  @Override
  protected long doWriteFileRegion(FileRegion region) throws IOException {
    return region.transferTo(javaChannel(), region.transferred());
  }

  @Override
  protected ChannelFuture shutdownInput() {
    return newSucceededFuture();
  }

  @Override
  protected SocketAddress localAddress0() {
    return parent().localAddress();
  }

  @Override
  protected SocketAddress remoteAddress0() {
    try {
      return javaChannel().getRemoteAddress();
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected void doClose() throws Exception {
    super.doClose();
    javaChannel().close();
  }

  @Override
  protected void doDisconnect() throws Exception {
    doClose();
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected boolean doConnect(SocketAddress remote, SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doFinishConnect() {
    throw new UnsupportedOperationException();
  }
}
