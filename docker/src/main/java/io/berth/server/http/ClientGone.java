package io.berth.server.http;

import java.io.IOException;

/** The client closed the connection, so nobody waits for what is being made. */
public final class ClientGone extends IOException {
  public ClientGone() {
    super("The client has closed the connection");
  }

  // It is thrown often, and nobody reads where.
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
