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
import io.berth.error.ConflictException;
import io.berth.internal.PollingFeed;
import io.berth.layers.Snapshotter;
import io.berth.linux.FileLock;
import io.berth.linux.RootDir;
import io.berth.wait.Waiter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One container: its directory, and the line to its monitor while there is one. */
final class DefaultContainer implements Container {
  private final ContainerRecord record;
  private final Starter starter;
  private final DefaultContainers owner;
  private final Life life;
  private final Line line;
  private final Launches launches;
  private final ExitWatch exit;
  private final Signalling signals;
  private final Freezer freezer;
  private final Audience audience;
  private final HeldMounts mounts;
  private final Removal removal;
  private final Usage usage;
  private final Connections connections;
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
      Optional<Streams> creator) {
    this.record = new ContainerRecord(config, files);
    this.starter = starter;
    this.owner = owner;
    this.life = new Life(record.directory());
    this.line = new Line(record.directory(), life);
    this.launches = new Launches(record, snapshotter, owner);
    this.exit = new ExitWatch(record, life, line, this::letGo);
    this.freezer = new Freezer(() -> starter.cgroup(record.config()), life, line);
    this.signals = new Signalling(record, life, line, freezer, owner);
    this.audience = new Audience(record, creator);
    this.mounts = new HeldMounts(record, owner.mounts());
    this.removal = new Removal(record, life, line, mounts, starter, snapshotter);
    this.usage = new Usage(record::config, life, starter, owner.stats());
    this.connections = new Connections(starter.connector(), record.directory(), life);
  }

  @Override
  public String id() {
    return record.id();
  }

  @Override
  public String name() {
    return config().name();
  }

  @Override
  public String image() {
    return config().spec().image();
  }

  @Override
  public List<String> command() {
    return config().spec().process().args();
  }

  @Override
  public Map<String, String> labels() {
    return config().spec().labels();
  }

  @Override
  public ContainerSpec spec() {
    return config().spec();
  }

  private ContainerConfig config() {
    return record.config();
  }

  Instant created() {
    return config().created();
  }

  /** Takes over what another engine may have changed. */
  DefaultContainer refresh(ContainerConfig now) {
    record.refresh(now);
    return this;
  }

  @Override
  public ContainerState state() {
    record.require();
    return life.state(config().created());
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
    record.update(connections.join(config(), launches::joining, attachment));
  }

  /** Takes it out of a network. */
  synchronized void disconnect(String network) {
    record.update(connections.leave(config(), launches::joining, network));
  }

  @Override
  public synchronized List<String> warnings() {
    return warnings;
  }

  @Override
  @SuppressWarnings("try") // the lock is held, not used
  public synchronized void start() {
    List<Attached> attached = audience.all();
    StreamPump streaming = new StreamPump(attached);
    Starter.Started started;
    try (FileLock still = record.lock()) {
      if (life.status().isActive()) {
        throw new ConflictException("Container " + name() + " is running already");
      }
      line.hangUp();
      life.clear();
      List<PlacedMount> points = mounts.place();
      Launch launch = launches.launch(streaming.wantsOutput(), record.directory(), points);
      started = starter.start(launch, streaming);
    } catch (LaunchException e) {
      mounts.release();
      life.failed(e.exitCode(), e.getMessage(), owner.now());
      audience.disappointed();
      throw e;
    }
    audience.started();
    warnings = started.warnings();
    owner.remember(this);
    boolean heard = !attached.isEmpty() || config().spec().autoRemove();
    if (heard) {
      streaming.run(started.monitor(), name(), this::ended);
    }
    line.opened(started.monitor(), heard ? Optional.of(streaming) : Optional.empty());
  }

  private void ended() {
    if (isToBeRemoved()) {
      dispose(true);
    }
  }

  /** Whether it has ended, and was made to be removed then. */
  boolean isToBeRemoved() {
    return config().spec().autoRemove() && life.status() == Status.EXITED;
  }

  /** Whether its restart policy starts it again when the host, or a monitor, is back. */
  boolean isToBeResumed() {
    return life.status() == Status.EXITED
        && switch (config().spec().restart().kind()) {
          case NO -> false;
          case ALWAYS -> true;
          case ON_FAILURE, UNLESS_STOPPED -> life.wasLost();
        };
  }

  @Override
  public int waitForExit() {
    return exit.await();
  }

  /** Its volumes are no longer in use. */
  private synchronized void letGo() {
    if (!life.status().isActive()) {
      mounts.release();
    }
  }

  @Override
  public Optional<Integer> waitForExit(Duration timeout) {
    return exit.await(timeout);
  }

  @Override
  public void waitFor(Wait condition) {
    new Waiter(this, life::sockets, record::isGone).await(condition);
  }

  @Override
  public LogRequest readLogs() {
    return new DefaultLogRequest(record.directory(), () -> life.status().isActive(), owner.clock());
  }

  @Override
  public ProcessTable top(List<String> psArgs) {
    ProcessTable table = usage.top(psArgs);
    owner.event(config(), "top");
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
    attached.onDetach(() -> owner.event(config(), "detach"));
    synchronized (this) {
      if (!life.status().isActive()) {
        audience.await(attached);
        owner.remember(this);
        return attached;
      }
    }
    audience.join(attached, replay);
    owner.event(config(), "attach");
    return attached;
  }

  @Override
  public void resize(int rows, int columns) {
    line.monitor().ifPresent(m -> m.resize(rows, columns));
    owner.event(
        config(), "resize", Map.of("height", Integer.toString(rows), "width", "" + columns));
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
            .start(
                config(),
                init.getAsLong(),
                process,
                privileged,
                detached,
                streams,
                launches.root());
    streams.onDetach(() -> owner.event(config(), "exec_detach", Map.of("execID", exec.id())));
    return exec;
  }

  @Override
  public void stop(Duration timeout) {
    if (!life.status().isActive()) {
      return;
    }
    signals.stop(timeout);
    waitForExit();
    // With its monitor's end its addresses and cgroups are free.
    line.hangUp();
    owner.event(config(), "stop");
  }

  @Override
  public void restart(Duration timeout) {
    stop(timeout);
    start();
    owner.event(config(), "restart");
  }

  @Override
  public void kill(String signal) {
    signals.kill(signal);
  }

  private boolean canBePaused() {
    return starter.cgroup(config()).filter(group -> !group.directories().isEmpty()).isPresent();
  }

  @Override
  public void pause() {
    freezer.freeze(name());
    owner.event(config(), "pause");
  }

  @Override
  public void unpause() {
    if (!freezer.thaw()) {
      throw new ConflictException("Container " + name() + " is not paused");
    }
    owner.event(config(), "unpause");
  }

  @Override
  public synchronized void rename(String name) {
    DefaultCreateRequest.checkName(name);
    String before = name();
    record.rename(name);
    owner.event(config(), "rename", Map.of("oldName", before));
  }

  @Override
  public FileAccess files() {
    return owner.contents().files(config(), record.directory(), life, mounts);
  }

  @Override
  public CommitRequest commit() {
    return new DefaultCommitRequest(config(), owner.contents().commits(), this::commit);
  }

  @Override
  public void writeBundle(Path directory) {
    try (RootDir files = owner.contents().unmounted(config())) {
      new BundleWriter(directory)
          .write(
              at -> starter.describe(launches.launch(false, at, mounts.place())),
              files,
              config().spec().init());
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
      owner.event(config(), "commit");
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
    new LiveUpdate(record, life, line, starter).run(changes);
    owner.event(config(), "update");
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
      signals.send(Signals.KILL);
      waitForExit();
    }
    dispose(volumes);
  }

  /** Removes it, where no other engine has done so or has started it again. */
  synchronized void dispose(boolean volumes) {
    owner.forget(id());
    if (!removal.run()) {
      return;
    }
    if (volumes) {
      mounts.removeAnonymous();
    }
    owner.event(config(), "destroy");
  }

  /** Lets go of the container as its engine closes. */
  void release() {
    if (!config().spec().detached() && life.status().isActive()) {
      signals.send(Signals.KILL);
      waitForExit();
      line.join();
    }
    line.hangUp();
  }

  @Override
  public void close() {
    if (config().spec().detached()) {
      release();
    } else {
      remove(true, true);
    }
  }
}
