package io.berth.cli;

import io.berth.api.AttachRequest;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Feed;
import io.berth.api.LogRequest;
import io.berth.api.Logs;
import io.berth.api.PublishedPort;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A container that writes down what is done to it; what it has no method for is unsupported. */
public final class FakeContainer {
  final List<String> calls = new ArrayList<>();
  Logs logs = new Logs(List.of());
  int exitCode;

  private final String name;
  private final ContainerState state;
  private final List<String> command;

  FakeContainer(String name, ContainerState state, String... command) {
    this.name = name;
    this.state = state;
    this.command = List.of(command);
  }

  /** The container that answers as this does. */
  Container container() {
    return Fakes.of(Container.class, this);
  }

  public String id() {
    return "0123456789abcdef".repeat(4);
  }

  public String name() {
    return name;
  }

  public String image() {
    return "busybox";
  }

  public List<String> command() {
    return command;
  }

  public Map<String, String> labels() {
    return Map.of();
  }

  public ContainerState state() {
    return state;
  }

  public OptionalLong pid() {
    return OptionalLong.empty();
  }

  public List<String> warnings() {
    return List.of("no cpuset");
  }

  public void start() {
    calls.add("start");
  }

  public int waitForExit() {
    return exitCode;
  }

  public Optional<Integer> waitForExit(Duration timeout) {
    return Optional.of(exitCode);
  }

  /** Connects with nothing; writes down what its input is. */
  public AttachRequest attach() {
    return (AttachRequest)
        Proxy.newProxyInstance(
            AttachRequest.class.getClassLoader(),
            new Class<?>[] {AttachRequest.class},
            (proxy, method, args) -> {
              if (method.getName().equals("start")) {
                calls.add("attach");
                return Fakes.of(Attachment.class, new FakeAttachment());
              }
              if (method.getName().equals("stdin")) {
                calls.add("stdin");
              }
              return proxy;
            });
  }

  /** A connection that ends at once. */
  public static final class FakeAttachment {
    public void await() {}

    public boolean isDetached() {
      return false;
    }

    public void close() {}
  }

  public List<PublishedPort> ports() {
    return List.of();
  }

  public LogRequest readLogs() {
    return (LogRequest)
        Proxy.newProxyInstance(
            LogRequest.class.getClassLoader(),
            new Class<?>[] {LogRequest.class},
            (proxy, method, args) -> {
              if (method.getReturnType() == Feed.class) {
                calls.add(method.getName());
                return new FakeFeed<>(logs.entries().iterator());
              }
              calls.add(method.getName() + " " + args[0]);
              return proxy;
            });
  }

  private record FakeFeed<T>(Iterator<T> items) implements Feed<T> {
    @Override
    public Optional<T> next() {
      return items.hasNext() ? Optional.of(items.next()) : Optional.empty();
    }

    @Override
    public void close() {}
  }

  public void stop(Duration timeout) {
    calls.add("stop " + timeout);
  }

  public void kill(String signal) {
    calls.add("kill " + signal);
  }

  public void remove(boolean force, boolean volumes) {
    calls.add("remove " + force + " " + volumes);
  }

  public void close() {
    calls.add("close");
  }
}
