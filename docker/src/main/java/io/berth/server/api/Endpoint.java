package io.berth.server.api;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Endpoint {
  void answer(Call call) throws Exception;
}
