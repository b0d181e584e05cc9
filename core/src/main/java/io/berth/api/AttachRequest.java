package io.berth.api;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection to a container's stdio; made by {@link Container#attach}. A container that has not
 * been started may be attached to: nothing of its output is missed then. Not thread-safe.
 */
public interface AttachRequest {
  /** What its standard input reads from now on. */
  AttachRequest stdin(InputStream in);

  /**
   * Whether the container's standard input ends when this connection's does; it does by default.
   */
  AttachRequest closeStdin(boolean close);

  AttachRequest output(OutputStream stdout, OutputStream stderr);

  /**
   * Keys that close the connection when they come in its input, such as {@code ctrl-p,ctrl-q}; none
   * by default.
   *
   * @throws io.berth.error.InvalidInputException when they are not keys
   */
  AttachRequest detachKeys(String keys);

  /** Whether what it wrote before comes first, from its log. */
  AttachRequest replay(boolean replay);

  /** Connects. */
  Attachment start();

  /** A connection to a container's stdio. */
  interface Attachment extends AutoCloseable {
    /** Waits until the container has ended and its output is through, or this was closed. */
    void await();

    /** Whether the detach keys were typed. */
    boolean isDetached();

    /** Detaches; the container goes on. */
    @Override
    void close();
  }
}
