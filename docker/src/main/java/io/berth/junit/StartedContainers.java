package io.berth.junit;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Containers that were started for tests; removed, the last first, when it is closed. */
final class StartedContainers implements AutoCloseable {
  private final Engine engine;
  private final Deque<Container> containers = new ArrayDeque<>();

  StartedContainers(Engine engine) {
    this.engine = engine;
  }

  /** Starts all of them, waits for all of them, and sets the fields. */
  Map<String, Container> start(Fields fields) {
    Map<String, Container> started = new LinkedHashMap<>();
    fields.forEach(
        (name, wanted) -> {
          Container container = named(name, wanted, () -> create(wanted).start());
          containers.push(container);
          started.put(name, container);
        });
    fields.forEach(
        (name, wanted) ->
            named(
                name,
                wanted,
                () -> {
                  await(started.get(name), wanted);
                  return name;
                }));
    fields.set(started);
    return started;
  }

  private static <T> T named(String field, BerthContainer wanted, Supplier<T> action) {
    try {
      return action.get();
    } catch (BerthException e) {
      throw new BerthException(
          "The container \""
              + field
              + "\" ("
              + wanted.image()
              + ") is not ready: "
              + e.getMessage(),
          e);
    }
  }

  private CreateRequest create(BerthContainer wanted) {
    if (engine.images().find(wanted.image()).isEmpty()) {
      engine.images().pull(wanted.image()).execute();
    }
    CreateRequest request = engine.containers().create(wanted.image());
    if (wanted.command().length > 0) {
      request.command(wanted.command());
    }
    for (String variable : wanted.env()) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw new InvalidInputException("Invalid variable \"" + variable + "\": use NAME=VALUE");
      }
      request.env(variable.substring(0, equals), variable.substring(equals + 1));
    }
    for (int port : wanted.ports()) {
      request.publish(port);
    }
    return request;
  }

  private static void await(Container container, BerthContainer wanted) {
    Duration timeout = Duration.ofSeconds(wanted.timeout());
    if (!wanted.log().isEmpty()) {
      container.waitFor(Wait.forLog(wanted.log()).timeout(timeout));
    }
    if (wanted.healthy()) {
      container.waitFor(Wait.forHealthy().timeout(timeout));
    }
    for (int port : wanted.ports()) {
      container.waitFor(Wait.forPort(port).timeout(timeout));
    }
  }

  @Override
  public void close() {
    containers.forEach(Container::close);
  }
}
