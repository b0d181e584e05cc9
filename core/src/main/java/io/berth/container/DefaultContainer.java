package io.berth.container;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.LaunchException;
import io.berth.api.Logs;
import io.berth.error.ConflictException;
import io.berth.error.SystemCallException;
import io.berth.layers.Snapshotter;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One container: its directory, and the line to its monitor while there is one. */
final class DefaultContainer implements Container {
  private final ContainerConfig config;
  private final ContainerFiles files;
  private final Snapshotter snapshotter;
  private final Starter starter;
  private final DefaultContainers owner;
  private final Streams streams;
  private final Life life;
  private Optional<Monitor> monitor = Optional.empty();
  private Optional<StreamPump> pump = Optional.empty();
  private List<String> warnings = List.of();

  DefaultContainer(
      ContainerConfig config,
      ContainerFiles files,
      Snapshotter snapshotter,
      Starter starter,
      DefaultContainers owner,
      Streams streams) {
    this.config = config;
    this.files = files;
    this.snapshotter = snapshotter;
    this.starter = starter;
    this.owner = owner;
    this.streams = streams;
    this.life = new Life(files.directory(config.id()));
  }

  @Override
  public String id() {
    return config.id();
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public String image() {
    return config.image();
  }

  @Override
  public List<String> command() {
    return config.process().args();
  }

  @Override
  public Map<String, String> labels() {
    return config.labels();
  }

  Instant created() {
    return config.created();
  }

  @Override
  public ContainerState state() {
    return life.state(config.created());
  }

  @Override
  public OptionalLong pid() {
    return life.pid();
  }

  @Override
  public synchronized List<String> warnings() {
    return warnings;
  }

  @Override
  public synchronized void start() {
    if (life.status() == Status.RUNNING) {
      throw new ConflictException("Container " + name() + " is running already");
    }
    hangUp();
    life.clear();
    StreamPump streaming = new StreamPump(streams);
    Starter.Started started;
    try {
      started =
          starter.start(
              new Starter.Request(
                  config.id(),
                  config.name(),
                  files.directory(config.id()),
                  config.process(),
                  config.sandbox(),
                  snapshotter.mount(config.snapshotKey()),
                  streams.stdin().isPresent(),
                  streams.stdout().isPresent() || streams.stderr().isPresent(),
                  !config.detached(),
                  true),
              streaming);
    } catch (LaunchException e) {
      life.failed(e.exitCode(), owner.now());
      throw e;
    }
    warnings = started.warnings();
    monitor = Optional.of(started.monitor());
    pump = Optional.empty();
    owner.remember(this);
    if (streams.any() || config.autoRemove()) {
      streaming.run(started.monitor(), config.name(), this::ended);
      pump = Optional.of(streaming);
    }
  }

  private void ended() {
    if (config.autoRemove() && life.status() != Status.RUNNING) {
      dispose();
    }
  }

  /** The line to the monitor, made anew when another engine started the container. */
  private synchronized Optional<Monitor> line() {
    if (monitor.isEmpty() && life.status() == Status.RUNNING) {
      try {
        monitor = Optional.of(Monitor.connect(files.directory(config.id())));
      } catch (SystemCallException e) {
        // It ended in this moment; its exit file is there, or will be known to be missing.
        return Optional.empty();
      }
    }
    return monitor;
  }

  @Override
  public int waitForExit() {
    if (life.status() == Status.CREATED && line().isEmpty()) {
      throw new ConflictException("Container " + name() + " has never been started");
    }
    Optional<Exit> heard = line().flatMap(Monitor::awaitExit);
    joinPump();
    return heard.map(Exit::code).orElseGet(life::exitCode);
  }

  @Override
  public Optional<Integer> waitForExit(Duration timeout) {
    if (life.status() == Status.CREATED && line().isEmpty()) {
      throw new ConflictException("Container " + name() + " has never been started");
    }
    Optional<Monitor> line = line();
    if (line.isPresent() && !line.get().awaitExit(timeout)) {
      return Optional.empty();
    }
    return Optional.of(waitForExit());
  }

  private void joinPump() {
    Optional<StreamPump> streaming;
    synchronized (this) {
      streaming = pump;
    }
    streaming.ifPresent(StreamPump::join);
  }

  @Override
  public Logs logs() {
    return LogFile.read(files.directory(config.id()));
  }

  @Override
  public void stop(Duration timeout) {
    if (life.status() != Status.RUNNING) {
      return;
    }
    signal(Signals.parse(config.stopSignal()));
    if (waitForExit(timeout).isEmpty()) {
      signal(Signals.KILL);
      waitForExit();
    }
  }

  @Override
  public void kill(String signal) {
    int number = Signals.parse(signal);
    if (life.status() != Status.RUNNING || !signal(number)) {
      throw new ConflictException(
          "Cannot send a signal to container " + name() + ": it is not running");
    }
  }

  private boolean signal(int number) {
    return line().map(m -> m.signal(number)).orElse(false);
  }

  @Override
  public void remove(boolean force) {
    if (life.status() == Status.RUNNING) {
      if (!force) {
        throw new ConflictException(
            "Container "
                + name()
                + " is running: stop it first, or remove it with force to kill it");
      }
      signal(Signals.KILL);
      waitForExit();
    }
    dispose();
  }

  private synchronized void dispose() {
    owner.forget(config.id());
    files.remove(config);
    snapshotter.remove(config.snapshotKey());
    hangUp();
  }

  private void hangUp() {
    monitor.ifPresent(
        line -> {
          if (life.status() != Status.RUNNING) {
            line.awaitEnd();
          }
          line.close();
        });
    monitor = Optional.empty();
  }

  /** Lets go of the container as its engine closes. */
  void release() {
    if (!config.detached() && life.status() == Status.RUNNING) {
      signal(Signals.KILL);
      waitForExit();
      joinPump();
    }
    synchronized (this) {
      hangUp();
    }
  }

  @Override
  public void close() {
    if (config.detached()) {
      release();
    } else {
      remove(true);
    }
  }
}
