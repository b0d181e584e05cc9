package io.berth.container;

import io.berth.api.AttachRequest;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.CommitRequest;
import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Endpoint;
import io.berth.api.ExecRequest;
import io.berth.api.Feed;
import io.berth.api.FileAccess;
import io.berth.api.Image;
import io.berth.api.LaunchException;
import io.berth.api.LogRequest;
import io.berth.api.NetworkAttachment;
import io.berth.api.ProcessSpec;
import io.berth.api.ProcessTable;
import io.berth.api.PublishedPort;
import io.berth.api.Stats;
import io.berth.api.UpdateRequest;
import io.berth.api.Wait;
import io.berth.container.Launch.Supervision;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.internal.PollingFeed;
import io.berth.layers.RootMount;
import io.berth.layers.Snapshotter;
import io.berth.linux.FileLock;
import io.berth.linux.RootDir;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import io.berth.wait.Waiter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** One container: its directory, and the line to its monitor while there is one. */
final class DefaultContainer implements Container {
  private static final long NAP_NANOS = 1_000_000;

  private final String id;
  private final ContainerFiles files;
  private final Snapshotter snapshotter;
  private final Starter starter;
  private final DefaultContainers owner;
  private final Optional<Streams> creator;
  private final Life life;
  private final List<Attached> waiting = new ArrayList<>();
  private final Line line;
  private final Freezer freezer;
  private final Usage usage;
  private final Connections connections;
  private volatile ContainerConfig config;
  private List<String> warnings = List.of();
  private Optional<RootMount> root = Optional.empty();

  /**
   * @param creator the streams it was made with, which it has each time it starts
   */
  DefaultContainer(
      ContainerConfig config,
      ContainerFiles files,
      Snapshotter snapshotter,
      Starter starter,
      DefaultContainers owner,
      Optional<Streams> creator) {
    this.id = config.id();
    this.config = config;
    this.files = files;
    this.snapshotter = snapshotter;
    this.starter = starter;
    this.owner = owner;
    this.creator = creator;
    this.life = new Life(files.directory(id));
    this.line = new Line(files.directory(id), life);
    this.freezer = new Freezer(() -> starter.cgroup(this.config), life, line);
    this.usage = new Usage(() -> this.config, life, starter, owner.stats());
    this.connections = new Connections(starter.connector(), files.directory(id), life);
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
    files.require(config);
    return life.state(config.created());
  }

  @Override
  public OptionalLong pid() {
    return life.pid();
  }

  @Override
  public List<Endpoint> networks() {
    return connections.networks();
  }

  @Override
  public List<PublishedPort> ports() {
    return connections.ports();
  }

  /** Connects it to a network: now, if it runs, and whenever it starts. */
  synchronized void connect(NetworkAttachment attachment) {
    keep(connections.join(config, () -> launch(false), attachment));
  }

  /** Takes it out of a network. */
  synchronized void disconnect(String network) {
    keep(connections.leave(config, () -> launch(false), network));
  }

  private void keep(ContainerConfig to) {
    files.update(to);
    config = to;
  }

  @Override
  public synchronized List<String> warnings() {
    return warnings;
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public synchronized void start() {
    List<Attached> attached = new ArrayList<>(waiting);
    creator.ifPresent(streams -> attached.add(new Attached(streams)));
    StreamPump streaming = new StreamPump(attached);
    Starter.Started started;
    try (FileLock still = files.lock(config)) {
      if (life.status().isActive()) {
        throw new ConflictException("Container " + name() + " is running already");
      }
      line.hangUp();
      life.clear();
      List<PlacedMount> points = owner.mounts().place(config, directory());
      started = starter.start(launch(streaming.wantsOutput(), directory(), points), streaming);
    } catch (LaunchException e) {
      owner.mounts().release(config, directory());
      life.failed(e.exitCode(), e.getMessage(), owner.now());
      waiting.forEach(Attached::ended);
      waiting.clear();
      throw e;
    }
    waiting.clear();
    warnings = started.warnings();
    owner.remember(this);
    boolean heard = !attached.isEmpty() || config.spec().autoRemove();
    if (heard) {
      streaming.run(started.monitor(), name(), this::ended);
    }
    line.opened(started.monitor(), heard ? Optional.of(streaming) : Optional.empty());
  }

  private Launch launch(boolean attach) {
    return launch(attach, directory(), List.of());
  }

  private Launch launch(boolean attach, Path directory, List<PlacedMount> points) {
    ContainerSpec spec = config.spec();
    return new Launch(
        id,
        config.name(),
        directory,
        spec.process(),
        spec.sandbox(),
        root(),
        owner.joined(spec.sandbox()),
        new Launch.Reached(
            spec.networking(), spec.exposedPorts(), owner.sharedNetwork(spec.sandbox())),
        new Supervision(
            attach,
            !spec.detached(),
            spec.init(),
            spec.log(),
            LogAttributes.of(id, config.name(), spec),
            spec.restart(),
            spec.healthcheck(),
            Optional.of(Actors.of(config, Map.of()))),
        points);
  }

  private Path directory() {
    return files.directory(id);
  }

  /** Of a container it never changes. */
  private synchronized RootMount root() {
    if (root.isEmpty()) {
      root = Optional.of(snapshotter.mount(config.snapshotKey()));
    }
    return root.get();
  }

  private void ended() {
    if (isToBeRemoved()) {
      dispose(true);
    }
  }

  boolean isGone() {
    return files.config(id).isEmpty();
  }

  /** Whether it has ended, and was made to be removed then. */
  boolean isToBeRemoved() {
    return config.spec().autoRemove() && life.status() == Status.EXITED;
  }

  /** Whether its restart policy starts it again when the host, or a monitor, is back. */
  boolean isToBeResumed() {
    return life.status() == Status.EXITED
        && switch (config.spec().restart().kind()) {
          case NO -> false;
          case ALWAYS -> true;
          case ON_FAILURE, UNLESS_STOPPED -> life.wasLost();
        };
  }

  @Override
  public int waitForExit() {
    Optional<Monitor> monitor = line.monitor();
    if (monitor.isEmpty() && line.last().isEmpty() && life.status() == Status.CREATED) {
      throw new ConflictException("Container " + name() + " has never been started");
    }
    Optional<Exit> exit = hearExit();
    line.join();
    letGo();
    if (exit.isEmpty() && isGone()) {
      throw new NotFoundException(
          "No such container: " + name() + ": it was removed before its exit code was read");
    }
    return exit.map(Exit::code).orElse(Life.UNKNOWN);
  }

  /** Empty when it is gone, or was killed with its monitor. */
  private Optional<Exit> hearExit() {
    while (true) {
      Optional<Exit> heard = line.monitor().flatMap(Monitor::awaitExit).or(this::knownExit);
      if (heard.isPresent() || !life.status().isActive()) {
        return heard.or(this::knownExit);
      }
      // Its monitor does not listen yet, or no more and is about to write how it ended.
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  /** Who removes it keeps its exit before the file is gone, so the last look finds that. */
  private Optional<Exit> knownExit() {
    return line.last().or(life::exit).or(line::last);
  }

  /** Its volumes are no longer in use. */
  private synchronized void letGo() {
    if (!life.status().isActive()) {
      owner.mounts().release(config, directory());
    }
  }

  @Override
  public Optional<Integer> waitForExit(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<Monitor> monitor = line.monitor();
    while (monitor.isEmpty() && life.status().isActive()) {
      if (System.nanoTime() - deadline > 0) {
        return Optional.empty();
      }
      LockSupport.parkNanos(NAP_NANOS);
      monitor = line.monitor();
    }
    Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    return monitor.isPresent() && !monitor.get().awaitExit(left)
        ? Optional.empty()
        : Optional.of(waitForExit());
  }

  @Override
  public void waitFor(Wait condition) {
    new Waiter(this, life::sockets, this::isGone).await(condition);
  }

  @Override
  public LogRequest readLogs() {
    return new DefaultLogRequest(directory(), () -> life.status().isActive(), owner.clock());
  }

  @Override
  public ProcessTable top(List<String> psArgs) {
    ProcessTable table = usage.top(psArgs);
    owner.event(config, "top");
    return table;
  }

  @Override
  public Stats stats() {
    return usage.stats();
  }

  @Override
  public Feed<Stats> stats(Duration interval) {
    return new PollingFeed<>(new StatsFeed(usage::measure, interval));
  }

  @Override
  public AttachRequest attach() {
    return new DefaultAttachRequest(this::connect);
  }

  private Attachment connect(Attached attached, boolean replay) {
    attached.onDetach(() -> owner.event(config, "detach"));
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
    line.monitor().ifPresent(m -> m.resize(rows, columns));
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
    DefaultExec exec =
        owner
            .execs()
            .start(config, init.getAsLong(), process, privileged, detached, streams, root());
    streams.onDetach(() -> owner.event(config, "exec_detach", Map.of("execID", exec.id())));
    return exec;
  }

  @Override
  public void stop(Duration timeout) {
    if (!life.status().isActive()) {
      return;
    }
    freezer.thaw();
    int signal = Signals.parse(config.spec().stopSignal());
    killed(signal);
    line.monitor().ifPresent(m -> m.stop(signal, Optional.of(timeout)));
    waitForExit();
    // With its monitor's end its addresses and cgroups are free.
    line.hangUp();
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
        line.monitor()
            .map(m -> end ? m.stop(number, Optional.empty()) : m.signal(number))
            .orElse(false);
    if (sent && number == Signals.KILL) {
      freezer.thaw();
    }
    return sent;
  }

  private boolean canBePaused() {
    return starter.cgroup(config).filter(group -> !group.directories().isEmpty()).isPresent();
  }

  @Override
  public void pause() {
    freezer.freeze(name());
    owner.event(config, "pause");
  }

  @Override
  public void unpause() {
    if (!freezer.thaw()) {
      throw new ConflictException("Container " + name() + " is not paused");
    }
    owner.event(config, "unpause");
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
    return owner.contents().files(config, directory(), life, points());
  }

  private Views.Points points() {
    return new Views.Points() {
      @Override
      public List<PlacedMount> place() {
        return owner.mounts().place(config, directory());
      }

      @Override
      public void release() {
        owner.mounts().release(config, directory());
      }
    };
  }

  @Override
  public CommitRequest commit() {
    return new DefaultCommitRequest(config, owner.contents().commits(), this::commit);
  }

  @Override
  public void writeBundle(Path directory) {
    try (RootDir files = owner.contents().unmounted(config)) {
      new BundleWriter(directory)
          .write(
              at -> starter.describe(launch(false, at, owner.mounts().place(config, directory()))),
              files,
              config.spec().init());
    }
  }

  private Image commit(DefaultCommitRequest request) {
    boolean pause =
        request.pauses() && life.status() == Status.RUNNING && !life.paused() && canBePaused();
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
                  starter
                      .cgroup(config)
                      .orElseThrow(
                          () -> new ConflictException("Container " + name() + " has ended"))
                      .update(LimitPlan.of(to.spec().sandbox().resources()))
                      .forEach(added -> line.monitor().ifPresent(m -> m.addCgroup(added))));
    }
    keep(to);
    if (active) {
      changes
          .policy()
          .ifPresent(
              p ->
                  line.monitor()
                      .ifPresent(m -> m.restartPolicy(p.kind().ordinal(), p.maxRetries())));
    }
    owner.event(config, "update");
  }

  @Override
  public void remove(boolean force, boolean volumes) {
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
    dispose(volumes);
  }

  /** Removes it, where no other engine has done so or has started it again. */
  @SuppressWarnings("try") // the lock is held, not used
  synchronized void dispose(boolean volumes) {
    owner.forget(id);
    Optional<FileLock> lock = files.tryToLock(config);
    if (lock.isEmpty()) {
      line.hangUp();
      return;
    }
    try (FileLock still = lock.get()) {
      if (life.status().isActive()) {
        throw new ConflictException("Container " + name() + " was started again meanwhile");
      }
      if (!line.isOpen()) {
        // A JVM that was killed while it started this may have left a cgroup.
        starter.cleanUp(config);
      }
      owner.mounts().release(config, directory());
      line.keepExit();
      files.remove(config);
      snapshotter.remove(config.snapshotKey());
      line.hangUp();
      // Its monitor may have found its files gone.
      starter.connector().cleanUp(id);
    }
    if (volumes) {
      owner.mounts().removeAnonymous(config);
    }
    owner.event(config, "destroy");
  }

  /** Lets go of the container as its engine closes. */
  void release() {
    if (!config.spec().detached() && life.status().isActive()) {
      signal(Signals.KILL);
      waitForExit();
      line.join();
    }
    line.hangUp();
  }

  @Override
  public void close() {
    if (config.spec().detached()) {
      release();
    } else {
      remove(true, true);
    }
  }
}
