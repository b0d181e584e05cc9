package io.berth.remote.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * An answer whose body has yet to be read. Closing it before the end closes the connection, which
 * tells the engine that nobody listens any more.
 */
public final class Answer implements Closeable {
  private final Head head;
  private final Framing.Body body;
  private final Link link;

  Answer(Head head, Framing.Body body, Link link) {
    this.head = head;
    this.body = body;
    this.link = link;
  }

  public int status() {
    return head.status();
  }

  public Optional<String> header(String name) {
    return head.header(name);
  }

  /** Reads the body; an early end is an error, where the engine has said how long it is. */
  public InputStream body() {
    return body;
  }

  /** What went wrong with sending the request, when that is why the answer broke. */
  public Optional<IOException> sendingFailed() {
    return link.failure();
  }

  @Override
  public void close() {
    boolean lasts = !head.is("connection", "close") && !(body instanceof Framing.Endless);
    link.done(lasts && body.isOver());
  }
}
