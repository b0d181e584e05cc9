package io.berth.remote.transport;

import io.berth.error.BerthException;
import io.berth.error.UnreachableException;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests to one engine. Connections that are done with serve again, for requests that may
 * be repeated: an engine may close one at the moment that it is used. Thread-safe.
 *
 * <p>A body is sent by a thread of its own while the answer is read, since engines answer bit by
 * bit while they take it. Readers and writers hold each other back through the connection.
 */
public final class Transport implements AutoCloseable {
  private static final int MOST_IDLE = 8;
  private static final long LONGEST_IDLE_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Address address;
  private final String agent;
  private final Deque<Link> idle = new ArrayDeque<>();
  private final ExecutorService senders =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "berth-remote-send");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<Link> live = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param agent what this calls itself
   */
  public Transport(Address address, String agent) {
    this.address = address;
    this.agent = agent;
  }

  public Address address() {
    return address;
  }

  /**
   * Sends a request and waits for the head of its answer.
   *
   * @throws UnreachableException when nobody is there, or the connection broke
   */
  public Answer send(Ask ask) {
    Optional<Link> used = ask.isRepeatable() ? take() : Optional.empty();
    if (used.isPresent()) {
      try {
        return exchange(used.get(), ask);
      } catch (IOException e) {
        used.get().close();
      }
    }
    Link link = dial();
    try {
      return exchange(link, ask);
    } catch (IOException e) {
      link.close();
      throw broken(link.failure().orElse(e));
    }
  }

  private Answer exchange(Link link, Ask ask) throws IOException {
    Head head = heard(link, ask, "");
    return new Answer(head, body(head, ask, link), link);
  }

  private static Framing.Body body(Head head, Ask ask, Link link) throws IOException {
    boolean none = ask.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
    if (none) {
      return new Framing.Fixed(link.in(), 0);
    }
    if (head.is("transfer-encoding", "chunked")) {
      return new Framing.Chunked(link.in());
    }
    Optional<String> length = head.header("content-length");
    if (length.isEmpty()) {
      return new Framing.Endless(link.in());
    }
    if (!length.get().matches("\\d{1,18}")) {
      throw new IOException("the answer has no proper length: " + length.get());
    }
    return new Framing.Fixed(link.in(), Long.parseLong(length.get()));
  }

  /**
   * Sends a request that takes the connection over.
   *
   * @return the connection, or the answer when the engine refused
   * @throws UnreachableException when nobody is there, or the connection broke
   */
  public Hijacked hijack(Ask ask) {
    Link link = dial();
    try {
      Head head = heard(link, ask, "Connection: Upgrade\r\nUpgrade: tcp\r\n");
      boolean taken = head.status() == 101 || head.status() == 200 && isRaw(head);
      return taken
          ? new Hijacked(Optional.of(new Duplex(head, link)), Optional.empty())
          : new Hijacked(
              Optional.empty(), Optional.of(new Answer(head, body(head, ask, link), link)));
    } catch (IOException e) {
      link.close();
      throw broken(e);
    }
  }

  /** Engines of old answer 200 and go on with bytes. */
  private static boolean isRaw(Head head) {
    return head.header("content-length").isEmpty()
        && !head.is("transfer-encoding", "chunked")
        && head.is("content-type", "application/vnd.docker.");
  }

  /** One of the two. */
  public record Hijacked(Optional<Duplex> duplex, Optional<Answer> refusal) {}

  private Head heard(Link link, Ask ask, String more) throws IOException {
    OutputStream out = new BufferedOutputStream(link.out());
    StringBuilder text = new StringBuilder(ask.method()).append(' ').append(ask.target());
    text.append(" HTTP/1.1\r\nHost: engine\r\nUser-Agent: ").append(agent).append("\r\n");
    ask.headers().forEach((n, v) -> text.append(n).append(": ").append(v).append("\r\n"));
    text.append(more);
    long length = ask.body().map(Ask.Body::length).orElse(0L);
    if (length < 0) {
      text.append("Transfer-Encoding: chunked\r\n");
    } else if (ask.body().isPresent() || !ask.isRepeatable()) {
      text.append("Content-Length: ").append(length).append("\r\n");
    }
    out.write(text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    if (length > 0) {
      ask.body().get().writeTo(out);
    }
    out.flush();
    if (length < 0) {
      link.beginsSending();
      senders.execute(() -> sendChunked(link, ask.body().get()));
    }
    return Head.read(link.in());
  }

  private static void sendChunked(Link link, Ask.Body body) {
    Source out = new Source(link.out());
    try {
      Framing.ChunkedOutput chunks = new Framing.ChunkedOutput(out);
      // Whoever writes little at a time shall not make a chunk of each.
      BufferedOutputStream buffered = new BufferedOutputStream(chunks, 32 << 10);
      body.writeTo(buffered);
      buffered.flush();
      // Only now: without its end, half a body is not taken for a whole one.
      chunks.end();
    } catch (IOException e) {
      link.failed(e, !out.broke);
      return;
    } catch (RuntimeException e) {
      link.failed(new IOException(e.getMessage(), e), !out.broke);
      return;
    }
    link.sent();
  }

  /** Tells errors of the connection from those of the body that is sent. */
  private static final class Source extends OutputStream {
    private final OutputStream to;
    private boolean broke;

    private Source(OutputStream to) {
      this.to = to;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        to.write(bytes, offset, length);
      } catch (IOException e) {
        broke = true;
        throw e;
      }
    }
  }

  /** What is thrown when a connection broke while an answer was awaited or read. */
  public UnreachableException broken(IOException e) {
    String what = e.getMessage() == null ? e.toString() : e.getMessage();
    return new UnreachableException(
        "The connection to the engine at "
            + address
            + " broke: "
            + (e instanceof EOFException && what.isEmpty() ? "it was closed" : what)
            + ". What was asked may have been done or not",
        e);
  }

  private Link dial() {
    try {
      Link link = new Link(address.dialer().dial(), this::keep, live::remove);
      live.add(link);
      if (closed) {
        link.close();
        throw new BerthException("The engine at " + address + " was closed by this program");
      }
      return link;
    } catch (IOException e) {
      throw new UnreachableException(
          "Cannot reach the engine at "
              + address
              + ": "
              + (e.getMessage() == null ? e : e.getMessage())
              + "; "
              + address.dialer().advice(),
          e);
    }
  }

  private synchronized Optional<Link> take() {
    for (Link link = idle.pollLast(); link != null; link = idle.pollLast()) {
      if (link.idleNanos() < LONGEST_IDLE_NANOS) {
        return Optional.of(link);
      }
      link.close();
    }
    return Optional.empty();
  }

  private void keep(Link link) {
    Optional<Link> over = Optional.empty();
    synchronized (this) {
      idle.addLast(link);
      if (closed || idle.size() > MOST_IDLE) {
        over = Optional.ofNullable(idle.pollFirst());
      }
    }
    over.ifPresent(Link::close);
  }

  /** Closes all connections, also those that are in use. */
  @Override
  public void close() {
    closed = true;
    live.forEach(Link::close);
    senders.shutdown();
  }
}
