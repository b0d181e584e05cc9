package io.berth.remote.container;

import io.berth.api.AttachRequest;
import io.berth.api.CommitRequest;
import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Endpoint;
import io.berth.api.ExecRequest;
import io.berth.api.Feed;
import io.berth.api.FileAccess;
import io.berth.api.LogRequest;
import io.berth.api.ProcessTable;
import io.berth.api.PublishedPort;
import io.berth.api.Stats;
import io.berth.api.UpdateRequest;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.StreamFeed;
import io.berth.server.wire.ContainerDetails;
import io.berth.server.wire.TopResponse;
import io.berth.text.DetachKeys;
import io.berth.wait.Waiter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One container of a remote engine. All that may change is asked for each time. */
final class RemoteContainer implements Container {
  /** Keys that nobody types: engines look for some of their own where a client names none. */
  static final String NO_KEYS = "ctrl-@,ctrl-@,ctrl-@,ctrl-@,ctrl-@,ctrl-@,ctrl-@,ctrl-@";

  private final Api api;
  private final ContainersClient owner;
  private final String id;
  private final Making making;
  private final List<String> warnings;
  private final Exits exits;
  private volatile Optional<ContainerDetails> first = Optional.empty();
  private volatile Optional<Exits.Expected> running = Optional.empty();
  private volatile Optional<Connected> connection = Optional.empty();

  /**
   * What this program has said of a container, and the engine does not keep.
   *
   * @param streams that it has each time it is started here
   * @param detached whether it goes on when this engine is closed
   */
  record Making(Stdio streams, boolean detached) {
    static final Making ELSEWHERE = new Making(Stdio.NONE, true);
  }

  RemoteContainer(
      Api api, ContainersClient owner, String id, Making making, List<String> warnings) {
    this.api = api;
    this.owner = owner;
    this.id = id;
    this.making = making;
    this.warnings = warnings;
    this.exits = new Exits(api, id);
  }

  // ---- What it is -------------------------------------------------------------------------------

  private ContainerDetails details() {
    ContainerDetails now = api.get(path("json")).read(ContainerDetails.class);
    first = Optional.of(now);
    return now;
  }

  /** For what stays as it was made. */
  private ContainerDetails known() {
    return first.orElseGet(this::details);
  }

  String path(String what) {
    return "/containers/" + id + (what.isEmpty() ? "" : "/" + what);
  }

  Api api() {
    return api;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String name() {
    String name = details().name();
    return name.startsWith("/") ? name.substring(1) : name;
  }

  @Override
  public String image() {
    return known().config().image();
  }

  @Override
  public List<String> command() {
    return SpecDocuments.command(known());
  }

  @Override
  public Map<String, String> labels() {
    return Map.copyOf(Values.of(known().config().process().labels()));
  }

  boolean tty() {
    return known().config().tty();
  }

  @Override
  public ContainerSpec spec() {
    return SpecDocuments.read(details(), making.detached());
  }

  @Override
  public ContainerState state() {
    return StateDocuments.state(details());
  }

  private Status status() {
    return state().status();
  }

  @Override
  public OptionalLong pid() {
    long pid = details().state().pid();
    return pid > 0 ? OptionalLong.of(pid) : OptionalLong.empty();
  }

  @Override
  public List<Endpoint> networks() {
    return StateDocuments.endpoints(details());
  }

  @Override
  public List<PublishedPort> ports() {
    return StateDocuments.ports(details());
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  // ---- Its life ---------------------------------------------------------------------------------

  @Override
  public void start() {
    Optional<Connected> streams =
        making.streams().any()
            ? Optional.of(connect(making.streams(), true, DetachKeys.none(), false))
            : Optional.empty();
    // One that is removed at its end cannot be asked then how it ended.
    Optional<Exits.Expected> end =
        known().hostConfig().life().autoRemove() ? exits.expectNext() : Optional.empty();
    try {
      if (!api.post(path("start")).done()) {
        throw new ConflictException("Container " + name() + " is running already");
      }
    } catch (BerthException e) {
      streams.ifPresent(Connected::close);
      end.ifPresent(Exits.Expected::close);
      throw LaunchFailures.of(e);
    }
    connection = streams;
    running = end;
  }

  @Override
  public int waitForExit() {
    int code = running.isPresent() ? running.get().await() : awaitEnd(Optional.empty()).get();
    connection.ifPresent(Connected::await);
    return code;
  }

  @Override
  public Optional<Integer> waitForExit(Duration timeout) {
    Optional<Integer> code =
        running.isPresent()
            ? running.get().await(Optional.of(timeout))
            : awaitEnd(Optional.of(timeout));
    if (code.isPresent()) {
      connection.ifPresent(Connected::await);
    }
    return code;
  }

  private Optional<Integer> awaitEnd(Optional<Duration> timeout) {
    if (status() == Status.CREATED) {
      throw new ConflictException("Container " + name() + " has never been started");
    }
    try (Exits.Expected end = exits.expect()) {
      return end.await(timeout);
    }
  }

  @Override
  public void waitFor(Wait condition) {
    new Waiter(this, this::sockets, () -> owner.isGone(id)).await(condition);
  }

  /** From inside: there is no other way to another host's containers. */
  private List<String> sockets() {
    if (status() != Status.RUNNING) {
      return List.of();
    }
    byte[] lines = exec("cat", "/proc/net/tcp", "/proc/net/tcp6").user("0").execute().stdoutBytes();
    return new String(lines, StandardCharsets.US_ASCII).lines().toList();
  }

  @Override
  public void stop(Duration timeout) {
    api.post(path("stop")).query("t", RemoteCreateRequest.seconds(timeout)).done();
  }

  @Override
  public void restart(Duration timeout) {
    if (status().isActive()) {
      stop(timeout);
      connection.ifPresent(Connected::await);
    }
    start();
  }

  @Override
  public void kill(String signal) {
    api.post(path("kill")).query("signal", signal).done();
  }

  @Override
  public void pause() {
    api.post(path("pause")).done();
  }

  @Override
  public void unpause() {
    api.post(path("unpause")).done();
  }

  @Override
  public void rename(String name) {
    api.post(path("rename")).query("name", name).done();
  }

  @Override
  public UpdateRequest update() {
    return new RemoteUpdateRequest(this);
  }

  @Override
  public void remove(boolean force, boolean volumes) {
    api.delete(path("")).flag("force", force).flag("v", volumes).done();
    owner.forget(id);
  }

  @Override
  public void close() {
    if (making.detached()) {
      return;
    }
    try {
      remove(true, true);
    } catch (NotFoundException | ConflictException e) {
      // It is gone already, or going.
      owner.forget(id);
    }
  }

  /** Lets go of it as its engine closes. */
  void release() {
    try {
      if (!making.detached() && status().isActive()) {
        kill("KILL");
        waitForExit();
      }
    } catch (BerthException e) {
      // It has ended, or is gone, or nobody is there to be asked.
    }
  }

  // ---- What goes on in it -----------------------------------------------------------------------

  @Override
  public LogRequest readLogs() {
    return new RemoteLogRequest(this);
  }

  @Override
  public ProcessTable top(List<String> psArgs) {
    Call call = api.get(path("top"));
    if (!psArgs.isEmpty()) {
      call.query("ps_args", String.join(" ", psArgs));
    }
    try {
      TopResponse table = call.read(TopResponse.class);
      return new ProcessTable(table.titles(), Values.of(table.processes()));
    } catch (BerthException e) {
      throw notRunning(e);
    }
  }

  /** Engines of old answer 500 to what asks for one that runs. */
  private BerthException notRunning(BerthException e) {
    return e.getMessage().contains("is not running") ? new ConflictException(e.getMessage(), e) : e;
  }

  @Override
  public Stats stats() {
    return StatsDocuments.measure(api, path("stats"))
        .orElseThrow(() -> new ConflictException("Container " + name() + " is not running"));
  }

  @Override
  public Feed<Stats> stats(Duration interval) {
    return new StreamFeed<>("stats", new StatsSource(api, path("stats"), interval));
  }

  @Override
  public AttachRequest attach() {
    return new RemoteAttachRequest(this);
  }

  Connected connect(Stdio streams, boolean closeStdin, DetachKeys keys, boolean replay) {
    Call call =
        api.post(path("attach"))
            .query("stream", 1)
            .query("stdout", 1)
            .query("stderr", 1)
            .flag("stdin", streams.stdin().isPresent())
            .flag("logs", replay);
    if (tty()) {
      call.query("detachKeys", NO_KEYS);
    }
    return new Connected(call.hijack(), tty(), streams, closeStdin, keys)
        .begin(id.substring(0, 12));
  }

  @Override
  public void resize(int rows, int columns) {
    api.post(path("resize")).query("h", rows).query("w", columns).done();
  }

  @Override
  public ExecRequest exec(List<String> command) {
    return new RemoteExecRequest(this, command);
  }

  @Override
  public FileAccess files() {
    return new RemoteFiles(this);
  }

  @Override
  public CommitRequest commit() {
    return new RemoteCommitRequest(this, owner.images());
  }

  @Override
  public void writeBundle(Path directory) {
    throw api.cannot(
        "write the bundle of container " + name(),
        "export its files with files().export(...), or open the engine on its own host");
  }
}
