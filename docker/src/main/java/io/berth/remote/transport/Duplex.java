package io.berth.remote.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** A connection that was taken over: bytes in both directions. */
public final class Duplex implements Closeable {
  private final Head head;
  private final Link link;

  Duplex(Head head, Link link) {
    this.head = head;
    this.link = link;
  }

  public Optional<String> header(String name) {
    return head.header(name);
  }

  public InputStream in() {
    return link.in();
  }

  public OutputStream out() {
    return link.out();
  }

  /** Tells the other side that no more comes; it may go on. */
  public void endOutput() throws IOException {
    link.endOutput();
  }

  @Override
  public void close() {
    link.done(false);
  }
}
