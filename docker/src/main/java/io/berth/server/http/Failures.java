package io.berth.server.http;

/** Turns what went wrong into an answer. */
@FunctionalInterface
public interface Failures {
  /** What a client is told. */
  record Answer(int status, String contentType, byte[] body) {}

  Answer answer(Throwable failure);
}
