package io.berth.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import io.berth.server.wire.ConnectBody;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.ExecBody;
import io.berth.server.wire.NetworkBody;
import io.berth.server.wire.UpdateBody;
import io.berth.server.wire.VolumeBody;
import io.berth.server.wire.WireJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What clients of the API send: requests on a connection, and documents. */
class HttpFuzzTest {
  private static final List<Class<?>> DOCUMENTS =
      List.of(
          CreateBody.class,
          ExecBody.class,
          NetworkBody.class,
          VolumeBody.class,
          UpdateBody.class,
          ConnectBody.class);

  @FuzzTest
  void fuzz(byte[] data) {
    talk(data);
    for (Class<?> document : DOCUMENTS) {
      try {
        WireJson.read(data, document);
      } catch (BerthException refused) {
        // Said in words.
      }
    }
  }

  private static void talk(byte[] data) {
    Throwable[] failed = new Throwable[1];
    RequestDecoder decoder = new RequestDecoder(Limits.DEFAULT);
    Handler handler =
        exchange -> {
          exchange.query().number("n");
          exchange.send(200, "text/plain", exchange.path().getBytes(StandardCharsets.UTF_8));
        };
    Failures failures =
        failure -> {
          if (!(failure instanceof BerthException || failure instanceof HttpError)) {
            failed[0] = failure;
          }
          return new Failures.Answer(400, "text/plain", new byte[0]);
        };
    EmbeddedChannel channel =
        new EmbeddedChannel(
            decoder,
            new HttpResponseEncoder(),
            new Connection(handler, failures, Runnable::run, Limits.DEFAULT, decoder));
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(data));
      channel.runPendingTasks();
      for (ByteBuf out; (out = channel.readOutbound()) != null; ) {
        out.release();
      }
    } finally {
      channel.finishAndReleaseAll();
    }
    assertThat(failed[0]).isNull();
  }
}
