package io.berth.container;

import io.berth.api.Exec;
import io.berth.api.ProcessSpec;
import io.berth.error.ConflictException;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.util.Optional;
import java.util.OptionalLong;

/** A process in a container, and the line to its monitor. */
final class DefaultExec implements Exec {
  /** What docker reports of a process that was killed without anybody to hear its exit code. */
  private static final int UNKNOWN = 137;

  private final String id;
  private final String containerName;
  private final ProcessSpec process;
  private final Monitor monitor;
  private final StreamPump pump;
  private final Attached streams;

  DefaultExec(
      String id,
      String containerName,
      ProcessSpec process,
      Monitor monitor,
      StreamPump pump,
      Attached streams) {
    this.id = id;
    this.containerName = containerName;
    this.process = process;
    this.monitor = monitor;
    this.pump = pump;
    this.streams = streams;
  }

  /** Passes its stdio on in threads of its own; without them, {@link #waitForExit} does it. */
  DefaultExec pumped() {
    pump.run(monitor, containerName, () -> {});
    return this;
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
    return exitCode().isPresent() ? OptionalLong.empty() : OptionalLong.of(monitor.pid());
  }

  @Override
  public Optional<Integer> exitCode() {
    return monitor.exit().map(Exit::code);
  }

  @Override
  public int waitForExit() {
    Optional<Exit> exit = monitor.awaitExit();
    pump.join();
    return exit.map(Exit::code).orElse(UNKNOWN);
  }

  @Override
  public Optional<Integer> waitForExitOrDetach() {
    streams.await();
    return streams.isDetached() ? Optional.empty() : Optional.of(waitForExit());
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
