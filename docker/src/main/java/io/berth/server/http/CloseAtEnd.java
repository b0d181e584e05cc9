package io.berth.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/** Closes a connection whose client has closed its half, for protocols that know no halves. */
final class CloseAtEnd extends ChannelInboundHandlerAdapter {
  /** Whether an event says that the client sends no more. */
  static boolean isEnd(Object event) {
    return event instanceof ChannelInputShutdownEvent
        || event instanceof SslCloseCompletionEvent
        || event == Connection.END_OF_INPUT;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (isEnd(event)) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
