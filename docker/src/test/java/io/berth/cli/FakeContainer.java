package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Logs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A container that writes down what is done to it. */
final class FakeContainer implements Container {
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

  @Override
  public String id() {
    return "0123456789abcdef".repeat(4);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String image() {
    return "busybox";
  }

  @Override
  public List<String> command() {
    return command;
  }

  @Override
  public Map<String, String> labels() {
    return Map.of();
  }

  @Override
  public ContainerState state() {
    return state;
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.empty();
  }

  @Override
  public List<String> warnings() {
    return List.of("no cpuset");
  }

  @Override
  public void start() {
    calls.add("start");
  }

  @Override
  public int waitForExit() {
    return exitCode;
  }

  @Override
  public Optional<Integer> waitForExit(Duration timeout) {
    return Optional.of(exitCode);
  }

  @Override
  public Logs logs() {
    return logs;
  }

  @Override
  public void stop(Duration timeout) {
    calls.add("stop " + timeout);
  }

  @Override
  public void kill(String signal) {
    calls.add("kill " + signal);
  }

  @Override
  public void remove(boolean force) {
    calls.add("remove " + force);
  }

  @Override
  public void close() {
    calls.add("close");
  }
}
