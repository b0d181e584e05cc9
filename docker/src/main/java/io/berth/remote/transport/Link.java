package io.berth.remote.transport;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Consumer;

/** A connection with what was read of it already, which may serve one request after another. */
final class Link {
  private final Line line;
  private final BufferedInputStream in;
  private final Consumer<Link> keeper;
  private final Consumer<Link> closing;
  private volatile IOException failure;
  private volatile boolean sending;
  private volatile long idleSince;

  /**
   * @param keeper takes it when it may serve again
   * @param closing hears of its end
   */
  Link(Line line, Consumer<Link> keeper, Consumer<Link> closing) {
    this.line = line;
    this.in = new BufferedInputStream(line.in(), 64 << 10);
    this.keeper = keeper;
    this.closing = closing;
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return line.out();
  }

  void endOutput() throws IOException {
    line.endOutput();
  }

  /** A thread of its own sends a body, and has yet to say that it is through. */
  void beginsSending() {
    sending = true;
  }

  void sent() {
    sending = false;
  }

  /** The body could not be sent: because of the connection, or of where the body is from. */
  void failed(IOException e, boolean source) {
    failure = e;
    if (source) {
      close();
    }
  }

  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * The answer is through, or not wanted.
   *
   * @param lasts whether the other side expects another request now
   */
  void done(boolean lasts) {
    if (lasts && !sending && failure == null) {
      idleSince = System.nanoTime();
      keeper.accept(this);
    } else {
      close();
    }
  }

  long idleNanos() {
    return System.nanoTime() - idleSince;
  }

  void close() {
    closing.accept(this);
    line.close();
  }
}
