package io.berth.remote.container;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.LogOptions;
import io.berth.api.MountSpec;
import io.berth.api.NetworkAttachment;
import io.berth.api.RestartPolicy;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.HostConfig;
import io.berth.server.wire.HostLife;
import io.berth.server.wire.LogConfig;
import io.berth.server.wire.NetworkingConfig;
import io.berth.server.wire.RestartPolicyConfig;
import io.berth.text.ByteSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what a container is to be; the engine checks it when the container is made. */
final class RemoteCreateRequest extends ConfinedRequest {
  private final ContainersClient containers;
  private final String image;
  private final ProcessPart process = new ProcessPart();
  private final MountPart mounts = new MountPart();
  private final Map<String, String> annotations = new LinkedHashMap<>();
  private Optional<Duration> stopTimeout = Optional.empty();
  private RestartPolicy restart = RestartPolicy.NO;
  private LogOptions log = LogOptions.DEFAULT;
  private String name = "";
  private String hostname = "";
  private String domainname = "";
  private boolean tty;
  private boolean openStdin;
  private boolean detached;
  private boolean autoRemove;
  private boolean init;
  private Stdio streams = Stdio.NONE;

  RemoteCreateRequest(ContainersClient containers, String image) {
    this.containers = containers;
    this.image = image;
  }

  @Override
  public CreateRequest name(String name) {
    this.name = name;
    return this;
  }

  @Override
  public CreateRequest command(List<String> args) {
    process.command(args);
    return this;
  }

  @Override
  public CreateRequest entrypoint(List<String> args) {
    process.entrypoint(args);
    return this;
  }

  @Override
  public CreateRequest env(String name, String value) {
    process.env(name, value);
    return this;
  }

  @Override
  public CreateRequest workdir(String path) {
    process.workdir(path);
    return this;
  }

  @Override
  public CreateRequest user(String user) {
    process.user(user);
    return this;
  }

  @Override
  public CreateRequest hostname(String hostname) {
    this.hostname = hostname;
    return this;
  }

  @Override
  public CreateRequest domainname(String domainname) {
    this.domainname = domainname;
    return this;
  }

  @Override
  public CreateRequest label(String name, String value) {
    process.labels.put(name, value);
    return this;
  }

  @Override
  public CreateRequest annotation(String name, String value) {
    annotations.put(name, value);
    return this;
  }

  @Override
  public CreateRequest bind(Path source, String target, boolean readOnly) {
    MountSpec mount = MountSpec.bind(source.toAbsolutePath().normalize().toString(), target);
    return mount(readOnly ? mount.asReadOnly() : mount);
  }

  @Override
  public CreateRequest mount(MountSpec mount) {
    mounts.add(mount);
    return this;
  }

  @Override
  public CreateRequest volumesFrom(String container) {
    mounts.volumesFrom(container);
    return this;
  }

  @Override
  public CreateRequest volumeDriver(String name) {
    mounts.volumeDriver(name);
    return this;
  }

  @Override
  public CreateRequest tmpfs(String target, String options) {
    mounts.tmpfs(target, options);
    return this;
  }

  @Override
  public CreateRequest shmSize(String size) {
    mounts.shmSize(ByteSize.parse(size));
    return this;
  }

  @Override
  public CreateRequest readOnlyRoot(boolean readOnly) {
    mounts.readOnlyRoot(readOnly);
    return this;
  }

  @Override
  public CreateRequest maskPaths(boolean mask) {
    mounts.mask(mask);
    return this;
  }

  @Override
  public CreateRequest tty(boolean tty) {
    this.tty = tty;
    return this;
  }

  @Override
  public CreateRequest openStdin(boolean open) {
    openStdin = open;
    return this;
  }

  @Override
  public CreateRequest stdin(InputStream in) {
    streams = streams.reading(in);
    openStdin = true;
    return this;
  }

  @Override
  public CreateRequest output(OutputStream stdout, OutputStream stderr) {
    streams = streams.writing(stdout, stderr);
    return this;
  }

  @Override
  public CreateRequest detached(boolean detached) {
    this.detached = detached;
    return this;
  }

  @Override
  public CreateRequest autoRemove(boolean remove) {
    autoRemove = remove;
    return this;
  }

  @Override
  public CreateRequest init(boolean init) {
    this.init = init;
    return this;
  }

  @Override
  public CreateRequest restart(RestartPolicy policy) {
    restart = policy;
    return this;
  }

  @Override
  public CreateRequest log(LogOptions options) {
    log = options;
    return this;
  }

  @Override
  public CreateRequest healthcheck(Healthcheck healthcheck) {
    process.healthcheck(healthcheck);
    return this;
  }

  @Override
  public CreateRequest stopSignal(String signal) {
    process.stopSignal(signal);
    return this;
  }

  @Override
  public CreateRequest stopTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new InvalidInputException("Invalid stop timeout " + timeout + ": it is negative");
    }
    stopTimeout = Optional.of(timeout);
    return this;
  }

  @Override
  public CreateRequest expose(String port) {
    process.exposed.add(port);
    return this;
  }

  @Override
  public Container create() {
    if (autoRemove && !restart.equals(RestartPolicy.NO)) {
      throw new InvalidInputException(
          "A container that is removed when it ends cannot have a restart policy");
    }
    boolean stays = detached || !restart.equals(RestartPolicy.NO);
    return containers.create(
        name, this::body, network().attachments(), new RemoteContainer.Making(streams, stays));
  }

  /**
   * @param wishes the networks that are asked for at once
   */
  private CreateBody body(List<NetworkAttachment> wishes) {
    boolean attached = streams.any();
    ContainerConfig config =
        new ContainerConfig(
            hostname,
            domainname,
            streams.stdin().isPresent(),
            attached,
            attached,
            tty,
            openStdin,
            // As docker run: the end of the first client's input is the container's.
            openStdin,
            image,
            null,
            wishes.stream().findFirst().flatMap(NetworkAttachment::mac).orElse(""),
            stopTimeout.map(RemoteCreateRequest::seconds).orElse(null),
            process.build(network().ports()));
    NetworkingConfig networks = new NetworkingConfig(NetworkPart.settings(wishes));
    return new CreateBody(config, host(), networks);
  }

  /** Engines count whole seconds. */
  static int seconds(Duration timeout) {
    return (int) Math.min(Integer.MAX_VALUE, timeout.plusMillis(999).toSeconds());
  }

  private HostConfig host() {
    return new HostConfig(mounts.build(), network().build(), rights(), life(), limits());
  }

  private HostLife life() {
    boolean usual = log.equals(LogOptions.DEFAULT);
    return new HostLife(
        new LogConfig(usual ? "" : log.driver(), log.options()),
        new RestartPolicyConfig(restart.kind().word(), restart.maxRetries()),
        autoRemove,
        "",
        null,
        init ? Boolean.TRUE : null,
        annotations);
  }
}
