package io.berth.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Decodes one request at a time: what follows it stays bytes until the answer is out, for it may be
 * no HTTP at all when the request takes the connection over.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private boolean paused;

  RequestDecoder(Limits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.requestLine())
            .setMaxHeaderSize(limits.headers())
            .setMaxChunkSize(16 << 10)
            .setValidateHeaders(true));
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (paused) {
      return;
    }
    super.decode(ctx, in, out);
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      paused = true;
    }
  }

  /** Goes on with the next request, which may be here already. */
  void resume(ChannelHandlerContext ctx) throws Exception {
    paused = false;
    channelRead(ctx, Unpooled.EMPTY_BUFFER);
  }

  /** How many bytes wait. */
  int waiting() {
    return actualReadableBytes();
  }
}
