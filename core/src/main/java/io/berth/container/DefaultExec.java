package io.berth.container;

import io.berth.api.ContainerState.Status;
import io.berth.api.Exec;
import io.berth.api.ProcessSpec;
import io.berth.error.ConflictException;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.util.Optional;
import java.util.OptionalLong;

/** A process in a container: its directory, and the line to its monitor. */
final class DefaultExec implements Exec {
  private final String id;
  private final ProcessSpec process;
  private final Monitor monitor;
  private final Life life;
  private final Optional<StreamPump> pump;

  DefaultExec(
      String id, ProcessSpec process, Monitor monitor, Life life, Optional<StreamPump> pump) {
    this.id = id;
    this.process = process;
    this.monitor = monitor;
    this.life = life;
    this.pump = pump;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public ProcessSpec process() {
    return process;
  }

  @Override
  public OptionalLong pid() {
    return life.pid();
  }

  @Override
  public Optional<Integer> exitCode() {
    return life.status() == Status.EXITED ? Optional.of(life.exitCode()) : Optional.empty();
  }

  @Override
  public int waitForExit() {
    Optional<Exit> exit = monitor.awaitExit();
    pump.ifPresent(StreamPump::join);
    return exit.map(Exit::code).orElseGet(life::exitCode);
  }

  @Override
  public void resize(int rows, int columns) {
    monitor.resize(rows, columns);
  }

  @Override
  public void kill(String signal) {
    if (!monitor.signal(Signals.parse(signal))) {
      throw new ConflictException("Process " + id.substring(0, 12) + " has ended");
    }
  }

  @Override
  public void close() {
    monitor.close();
  }
}
