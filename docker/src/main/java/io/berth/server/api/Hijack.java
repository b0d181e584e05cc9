package io.berth.server.api;

import io.berth.server.http.ClientGone;
import io.berth.server.http.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The streams of a connection that is to be taken over, before it is: what is connected to them may
 * fail, and then the client gets an error instead. Reads and writes wait until it is taken.
 */
public final class Hijack {
  private static final String RAW = "application/vnd.docker.raw-stream";
  private static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

  private final Call call;
  private final CompletableFuture<Duplex> duplex = new CompletableFuture<>();
  private final OutputStream out = new Out();

  public Hijack(Call call) {
    this.call = call;
  }

  /** The media type of a stream, as a version of the API names it. */
  public static String type(ApiVersion version, boolean tty) {
    return tty || version.below(42) ? RAW : MULTIPLEXED;
  }

  /** Takes the connection over, with the answer that the client asked for. */
  public Duplex take(boolean tty) throws ClientGone {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", type(call.version(), tty));
    boolean upgrade = call.exchange().header("Upgrade").isPresent();
    if (upgrade) {
      headers.put("Connection", "Upgrade");
      headers.put("Upgrade", "tcp");
    }
    return with(call.exchange().hijack(upgrade, headers));
  }

  /** Takes the connection over for a WebSocket. */
  public Duplex takeWebSocket() throws ClientGone {
    return with(call.exchange().webSocket(call.version().atLeast(28)));
  }

  private Duplex with(Duplex taken) {
    duplex.complete(taken);
    return taken;
  }

  /** Nothing will be taken over: whoever waits sees the end. */
  public void abandon() {
    duplex.completeExceptionally(new ClientGone());
  }

  /** What the client gets as it is: with a terminal, or framed already. */
  public OutputStream out() {
    return out;
  }

  public InputStream in() {
    return in(() -> {});
  }

  /**
   * What the client sends.
   *
   * @param atEnd is run when it sends no more
   */
  public InputStream in(Runnable atEnd) {
    return new In(atEnd);
  }

  private Duplex await() throws IOException {
    try {
      return duplex.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGone();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new ClientGone();
    }
  }

  private final class In extends InputStream {
    private final Runnable atEnd;

    private In(Runnable atEnd) {
      this.atEnd = atEnd;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count;
      try {
        count = await().in().read(bytes, offset, length);
      } catch (IOException e) {
        atEnd.run();
        throw e;
      }
      if (count < 0) {
        atEnd.run();
      }
      return count;
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      await().out().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      await().out().write(bytes, offset, length);
    }
  }
}
