package io.berth.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** What goes to a client, from threads that wait while it does not read. */
final class Outbound {
  private final Channel channel;

  Outbound(Channel channel) {
    this.channel = channel;
  }

  /** The client reads again, or has gone. */
  synchronized void changed() {
    notifyAll();
  }

  ByteBuf buffer(byte[] bytes, int offset, int length) {
    return channel.alloc().buffer(length).writeBytes(bytes, offset, length);
  }

  /** Writes and waits until there is room for more. */
  void write(Object message) throws ClientGone {
    if (!channel.isActive()) {
      io.netty.util.ReferenceCountUtil.release(message);
      throw new ClientGone();
    }
    channel.writeAndFlush(message, channel.voidPromise());
    if (!channel.isWritable()) {
      await();
    }
  }

  private synchronized void await() throws ClientGone {
    while (!channel.isWritable()) {
      if (!channel.isActive()) {
        throw new ClientGone();
      }
      try {
        // Told of every change; the bound is for a change between the check and the wait.
        wait(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClientGone();
      }
    }
  }
}
