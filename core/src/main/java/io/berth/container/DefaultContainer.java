package io.berth.container;

import io.berth.api.AttachRequest;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.CommitRequest;
import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.ExecRequest;
import io.berth.api.Feed;
import io.berth.api.FileAccess;
import io.berth.api.Image;
import io.berth.api.LaunchException;
import io.berth.api.LogRequest;
import io.berth.api.ProcessSpec;
import io.berth.api.ProcessTable;
import io.berth.api.Stats;
import io.berth.api.UpdateRequest;
import io.berth.api.Wait;
import io.berth.container.Launch.Supervision;
import io.berth.error.ConflictException;
import io.berth.error.SystemCallException;
import io.berth.internal.PollingFeed;
import io.berth.layers.Snapshotter;
import io.berth.linux.FileLock;
import io.berth.linux.RootDir;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** One container: its directory, and the line to its monitor while there is one. */
final class DefaultContainer implements Container {
  private final String id;
  private final ContainerFiles files;
  private final Snapshotter snapshotter;
  private final Starter starter;
  private final DefaultContainers owner;
  private final Optional<Attached> creator;
  private final Life life;
  private final List<Attached> waiting = new ArrayList<>();
  private volatile ContainerConfig config;
  private Optional<Monitor> monitor = Optional.empty();
  private Optional<StreamPump> pump = Optional.empty();
  private List<String> warnings = List.of();

  /**
   * @param creator the streams it was made with, which it has each time it starts
   */
  DefaultContainer(
      ContainerConfig config,
      ContainerFiles files,
      Snapshotter snapshotter,
      Starter starter,
      DefaultContainers owner,
      Optional<Attached> creator) {
    this.id = config.id();
    this.config = config;
    this.files = files;
    this.snapshotter = snapshotter;
    this.starter = starter;
    this.owner = owner;
    this.creator = creator;
    this.life = new Life(files.directory(id));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public String image() {
    return config.spec().image();
  }

  @Override
  public List<String> command() {
    return config.spec().process().args();
  }

  @Override
  public Map<String, String> labels() {
    return config.spec().labels();
  }

  @Override
  public ContainerSpec spec() {
    return config.spec();
  }

  Instant created() {
    return config.created();
  }

  /** Takes over what another engine may have changed. */
  DefaultContainer refresh(ContainerConfig now) {
    config = now;
    return this;
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
  @SuppressWarnings("try") // the lock is held, not used
  public synchronized void start() {
    if (life.status().isActive()) {
      throw new ConflictException("Container " + name() + " is running already");
    }
    hangUp();
    life.clear();
    List<Attached> attached = new ArrayList<>(waiting);
    creator.ifPresent(attached::add);
    StreamPump streaming = new StreamPump(attached);
    Starter.Started started;
    try (FileLock still = Views.lock(directory())) {
      started = starter.start(launch(streaming.wantsOutput()), streaming);
    } catch (LaunchException e) {
      life.failed(e.exitCode(), e.getMessage(), owner.now());
      waiting.forEach(Attached::ended);
      waiting.clear();
      throw e;
    }
    waiting.clear();
    warnings = started.warnings();
    monitor = Optional.of(started.monitor());
    pump = Optional.empty();
    owner.remember(this);
    if (!attached.isEmpty() || config.spec().autoRemove()) {
      streaming.run(started.monitor(), name(), this::ended);
      pump = Optional.of(streaming);
    }
  }

  private Launch launch(boolean attach) {
    return launch(attach, directory());
  }

  private Launch launch(boolean attach, Path directory) {
    ContainerSpec spec = config.spec();
    return new Launch(
        id,
        config.name(),
        directory,
        spec.process(),
        spec.sandbox(),
        snapshotter.mount(config.snapshotKey()),
        owner.joined(spec.sandbox()),
        new Supervision(
            attach,
            !spec.detached(),
            spec.init(),
            spec.log(),
            spec.restart(),
            spec.healthcheck(),
            Optional.of(Actors.of(config, Map.of()))));
  }

  private Path directory() {
    return files.directory(id);
  }

  private void ended() {
    if (config.spec().autoRemove() && !life.status().isActive()) {
      dispose();
    }
  }

  /** The line to the monitor, made anew when another engine started the container. */
  private synchronized Optional<Monitor> line() {
    if (monitor.isEmpty() && life.status().isActive()) {
      try {
        monitor = Optional.of(Monitor.connect(directory()));
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

  @Override
  public void waitFor(Wait condition) {
    new Waiter(this).await(condition);
  }

  private void joinPump() {
    Optional<StreamPump> streaming;
    synchronized (this) {
      streaming = pump;
    }
    streaming.ifPresent(StreamPump::join);
  }

  @Override
  public LogRequest readLogs() {
    return new DefaultLogRequest(directory(), () -> life.status().isActive(), owner.clock());
  }

  @Override
  public ProcessTable top(List<String> psArgs) {
    ContainerCgroup cgroup =
        measured()
            .orElseThrow(() -> new ConflictException("Container " + name() + " is not running"));
    ProcessTable table = Top.of(processes(cgroup), psArgs);
    owner.event(config, "top");
    return table;
  }

  /** Without groups of its own a container's processes are those below its init. */
  private List<Long> processes(ContainerCgroup cgroup) {
    if (!cgroup.directories().isEmpty()) {
      return cgroup.pids();
    }
    return life.pid().stream()
        .mapToObj(ProcessHandle::of)
        .flatMap(Optional::stream)
        .flatMap(init -> Stream.concat(Stream.of(init), init.descendants()))
        .map(ProcessHandle::pid)
        .toList();
  }

  @Override
  public Stats stats() {
    return measure()
        .orElseThrow(() -> new ConflictException("Container " + name() + " is not running"));
  }

  @Override
  public Feed<Stats> stats(Duration interval) {
    return new PollingFeed<>(new StatsFeed(this::measure, interval));
  }

  private Optional<Stats> measure() {
    boolean host = config.spec().sandbox().network().isHost();
    OptionalLong init = life.pid();
    return measured()
        .map(
            cgroup ->
                owner
                    .stats()
                    .read(
                        cgroup,
                        host || init.isEmpty() ? Optional.empty() : Optional.of(init.getAsLong())));
  }

  private Optional<ContainerCgroup> measured() {
    return life.status().isActive() ? starter.cgroup(id) : Optional.empty();
  }

  @Override
  public AttachRequest attach() {
    return new DefaultAttachRequest(this::connect);
  }

  private Attachment connect(Attached attached, boolean replay) {
    synchronized (this) {
      if (!life.status().isActive()) {
        waiting.add(attached);
        owner.remember(this);
        return attached;
      }
    }
    StreamPump streaming =
        new StreamPump(List.of(attached), replay ? Optional.of(directory()) : Optional.empty());
    Monitor own = Monitor.connect(directory(), streaming);
    attached.owns(own);
    own.attach(replay);
    streaming.run(own, name(), () -> {});
    owner.event(config, "attach");
    return attached;
  }

  @Override
  public void resize(int rows, int columns) {
    line().ifPresent(m -> m.resize(rows, columns));
    owner.event(config, "resize", Map.of("height", Integer.toString(rows), "width", "" + columns));
  }

  @Override
  public ExecRequest exec(List<String> command) {
    return new DefaultExecRequest(this, command);
  }

  DefaultExec exec(ProcessSpec process, boolean privileged, boolean detached, Attached streams) {
    OptionalLong init = life.pid();
    if (init.isEmpty()) {
      throw new ConflictException("Container " + name() + " is not running");
    }
    if (life.paused()) {
      throw new ConflictException(
          "Container " + name() + " is paused, unpause the container first");
    }
    return owner
        .execs()
        .start(
            config,
            init.getAsLong(),
            process,
            privileged,
            detached,
            streams,
            snapshotter.mount(config.snapshotKey()));
  }

  @Override
  public void stop(Duration timeout) {
    if (!life.status().isActive()) {
      return;
    }
    thaw();
    int signal = Signals.parse(config.spec().stopSignal());
    killed(signal);
    line().ifPresent(m -> m.stop(signal, Optional.of(timeout)));
    waitForExit();
    owner.event(config, "stop");
  }

  private void killed(int signal) {
    owner.event(config, "kill", Map.of("signal", Integer.toString(signal)));
  }

  @Override
  public void restart(Duration timeout) {
    stop(timeout);
    start();
    owner.event(config, "restart");
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
    // Those two are meant to end it, so it is not started again.
    killed(number);
    boolean end = number == Signals.KILL || number == Signals.parse(config.spec().stopSignal());
    boolean sent =
        line().map(m -> end ? m.stop(number, Optional.empty()) : m.signal(number)).orElse(false);
    if (sent && number == Signals.KILL) {
      thaw();
    }
    return sent;
  }

  @Override
  public synchronized void pause() {
    if (life.status() != Status.RUNNING) {
      throw new ConflictException("Container " + name() + " is not running");
    }
    if (life.paused()) {
      throw new ConflictException("Container " + name() + " is already paused");
    }
    cgroup().freeze(true);
    life.paused(true);
    line().ifPresent(m -> m.paused(true));
    owner.event(config, "pause");
  }

  @Override
  public synchronized void unpause() {
    if (!life.paused()) {
      throw new ConflictException("Container " + name() + " is not paused");
    }
    thaw();
    owner.event(config, "unpause");
  }

  private synchronized void thaw() {
    if (life.paused()) {
      starter.cgroup(id).ifPresent(cgroup -> cgroup.freeze(false));
      life.paused(false);
      line().ifPresent(m -> m.paused(false));
    }
  }

  private ContainerCgroup cgroup() {
    return starter
        .cgroup(id)
        .orElseThrow(() -> new ConflictException("Container " + name() + " has ended"));
  }

  @Override
  public synchronized void rename(String name) {
    DefaultCreateRequest.checkName(name);
    ContainerConfig to = config.named(name);
    String before = name();
    files.rename(config, to);
    config = to;
    owner.event(config, "rename", Map.of("oldName", before));
  }

  @Override
  public FileAccess files() {
    return owner.contents().files(config, directory(), life);
  }

  @Override
  public CommitRequest commit() {
    return new DefaultCommitRequest(config, owner.contents().commits(), this::commit);
  }

  @Override
  public void writeBundle(Path directory) {
    try (RootDir files = owner.contents().unmounted(config)) {
      new BundleWriter(directory)
          .write(at -> starter.describe(launch(false, at)), files, config.spec().init());
    }
  }

  private Image commit(DefaultCommitRequest request) {
    boolean pause = request.pauses() && life.status() == Status.RUNNING && !life.paused();
    if (pause) {
      pause();
    }
    try {
      Image image = request.commit();
      owner.event(config, "commit");
      return image;
    } finally {
      if (pause) {
        unpause();
      }
    }
  }

  @Override
  public UpdateRequest update() {
    return new DefaultUpdateRequest(this::change);
  }

  private synchronized void change(DefaultUpdateRequest changes) {
    ContainerConfig to = config.with(changes.apply(config.spec()));
    boolean active = life.status().isActive();
    if (active) {
      changes
          .limits()
          .ifPresent(
              now ->
                  cgroup()
                      .update(LimitPlan.of(to.spec().sandbox().resources()))
                      .forEach(added -> line().ifPresent(m -> m.addCgroup(added))));
    }
    files.update(to);
    config = to;
    if (active) {
      changes
          .policy()
          .ifPresent(
              p -> line().ifPresent(m -> m.restartPolicy(p.kind().ordinal(), p.maxRetries())));
    }
    owner.event(config, "update");
  }

  @Override
  public void remove(boolean force) {
    if (life.status().isActive()) {
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
    owner.forget(id);
    if (monitor.isEmpty()) {
      // A JVM that was killed while it started this may have left a cgroup.
      starter.cleanUp(id);
    }
    files.remove(config);
    snapshotter.remove(config.snapshotKey());
    hangUp();
    owner.event(config, "destroy");
  }

  private void hangUp() {
    monitor.ifPresent(
        line -> {
          if (!life.status().isActive()) {
            line.awaitEnd();
          }
          line.close();
        });
    monitor = Optional.empty();
  }

  /** Lets go of the container as its engine closes. */
  void release() {
    if (!config.spec().detached() && life.status().isActive()) {
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
    if (config.spec().detached()) {
      release();
    } else {
      remove(true);
    }
  }
}
