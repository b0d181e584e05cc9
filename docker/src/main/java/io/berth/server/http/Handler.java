package io.berth.server.http;

/** Answers requests; may block. */
@FunctionalInterface
public interface Handler {
  /**
   * Answers one request.
   *
   * @throws Exception when it cannot: the server's {@link Failures} make an answer of it
   */
  void handle(Exchange exchange) throws Exception;
}
