package io.berth.remote.container;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.DeviceSpec;
import io.berth.api.LogOptions;
import io.berth.api.MountSpec;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.PublishSpec;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.HostConfig;
import io.berth.server.wire.HostLife;
import io.berth.server.wire.HostRights;
import io.berth.server.wire.LogConfig;
import io.berth.server.wire.NetworkingConfig;
import io.berth.server.wire.RestartPolicyConfig;
import io.berth.text.ByteSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what a container is to be; the engine checks it when the container is made. */
final class RemoteCreateRequest implements CreateRequest {
  private final ContainersClient containers;
  private final String image;
  private final ProcessPart process = new ProcessPart();
  private final MountPart mounts = new MountPart();
  private final NetworkPart network = new NetworkPart();
  private final Map<String, String> annotations = new LinkedHashMap<>();
  private final Map<String, String> sysctls = new LinkedHashMap<>();
  private final List<String> groups = new ArrayList<>();
  private final List<String> capAdd = new ArrayList<>();
  private final List<String> capDrop = new ArrayList<>();
  private final List<String> security = new ArrayList<>();
  private final List<DeviceSpec> devices = new ArrayList<>();
  private final List<String> deviceRules = new ArrayList<>();
  private final List<Ulimit> ulimits = new ArrayList<>();
  private Resources resources = Resources.none();
  private Optional<Duration> stopTimeout = Optional.empty();
  private RestartPolicy restart = RestartPolicy.NO;
  private LogOptions log = LogOptions.DEFAULT;
  private Optional<NamespaceMode> cgroup = Optional.empty();
  private String cgroupParent = "";
  private NamespaceMode pid = NamespaceMode.PRIVATE;
  private NamespaceMode ipc = NamespaceMode.PRIVATE;
  private NamespaceMode uts = NamespaceMode.PRIVATE;
  private String name = "";
  private String hostname = "";
  private String domainname = "";
  private int oomScoreAdjust;
  private boolean privileged;
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
  public CreateRequest group(String group) {
    groups.add(group);
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
  public CreateRequest extraHost(String name, String address) {
    network.extraHost(name, address);
    return this;
  }

  @Override
  public CreateRequest dns(String address) {
    network.dns(address);
    return this;
  }

  @Override
  public CreateRequest dnsSearch(String domain) {
    network.dnsSearch(domain);
    return this;
  }

  @Override
  public CreateRequest dnsOption(String option) {
    network.dnsOption(option);
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
  public CreateRequest network(NetworkMode mode) {
    network.mode(mode);
    return this;
  }

  @Override
  public CreateRequest network(NetworkAttachment attachment) {
    network.attach(attachment);
    return this;
  }

  @Override
  public CreateRequest networkAlias(String name) {
    network.last(a -> a.alias(name));
    return this;
  }

  @Override
  public CreateRequest ip(String address) {
    network.last(a -> a.ip(address));
    return this;
  }

  @Override
  public CreateRequest ip6(String address) {
    network.last(a -> a.ip6(address));
    return this;
  }

  @Override
  public CreateRequest mac(String address) {
    network.last(a -> a.mac(address));
    return this;
  }

  @Override
  public CreateRequest link(String container, String alias) {
    network.last(a -> a.link(container, alias));
    return this;
  }

  @Override
  public CreateRequest publish(PublishSpec port) {
    network.publish(port);
    return this;
  }

  @Override
  public CreateRequest publishAll(boolean all) {
    network.publishAll(all);
    return this;
  }

  @Override
  public CreateRequest pid(NamespaceMode mode) {
    pid = mode;
    return this;
  }

  @Override
  public CreateRequest ipc(NamespaceMode mode) {
    ipc = mode;
    return this;
  }

  @Override
  public CreateRequest uts(NamespaceMode mode) {
    uts = mode;
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
  public CreateRequest device(DeviceSpec device) {
    devices.add(device);
    return this;
  }

  @Override
  public CreateRequest deviceRule(String rule) {
    deviceRules.add(rule);
    return this;
  }

  @Override
  public CreateRequest readOnlyRoot(boolean readOnly) {
    mounts.readOnlyRoot(readOnly);
    return this;
  }

  @Override
  public CreateRequest privileged(boolean privileged) {
    this.privileged = privileged;
    return this;
  }

  @Override
  public CreateRequest noNewPrivileges(boolean on) {
    security.removeIf(option -> option.equals("no-new-privileges"));
    return on ? security("no-new-privileges") : this;
  }

  @Override
  public CreateRequest capAdd(String capability) {
    capAdd.add(capability);
    return this;
  }

  @Override
  public CreateRequest capDrop(String capability) {
    capDrop.add(capability);
    return this;
  }

  @Override
  public CreateRequest seccomp(boolean on) {
    security.removeIf(option -> option.startsWith("seccomp="));
    return on ? this : security("seccomp=unconfined");
  }

  @Override
  public CreateRequest seccompProfile(String json) {
    security.removeIf(option -> option.startsWith("seccomp="));
    return security("seccomp=" + json);
  }

  @Override
  public CreateRequest securityLabel(String label) {
    return security("label=" + label);
  }

  @Override
  public CreateRequest apparmor(String profile) {
    return security("apparmor=" + profile);
  }

  private CreateRequest security(String option) {
    security.add(option);
    return this;
  }

  @Override
  public CreateRequest maskPaths(boolean mask) {
    mounts.mask(mask);
    return this;
  }

  @Override
  public CreateRequest memory(String size) {
    return with(Resources.builder().memory(ByteSize.parse(size)));
  }

  @Override
  public CreateRequest cpus(double count) {
    return with(Resources.builder().cpus(count));
  }

  @Override
  public CreateRequest pidsLimit(long count) {
    return with(Resources.builder().pids(count));
  }

  private CreateRequest with(Resources.Builder more) {
    resources = resources.with(more.build());
    return this;
  }

  @Override
  public CreateRequest resources(Resources resources) {
    this.resources = resources;
    return this;
  }

  @Override
  public CreateRequest oomScoreAdjust(int value) {
    oomScoreAdjust = value;
    return this;
  }

  @Override
  public CreateRequest ulimit(String name, long soft, long hard) {
    ulimits.add(new Ulimit(name, soft, hard));
    return this;
  }

  @Override
  public CreateRequest sysctl(String name, String value) {
    sysctls.put(name, value);
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
  public CreateRequest cgroup(NamespaceMode mode) {
    cgroup = Optional.of(mode);
    return this;
  }

  @Override
  public CreateRequest cgroupParent(String path) {
    cgroupParent = path;
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
        name, this::body, network.attachments(), new RemoteContainer.Making(streams, stays));
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
            process.build(network.ports()));
    NetworkingConfig networks = new NetworkingConfig(NetworkPart.settings(wishes));
    return new CreateBody(config, host(), networks);
  }

  /** Engines count whole seconds. */
  static int seconds(Duration timeout) {
    return (int) Math.min(Integer.MAX_VALUE, timeout.plusMillis(999).toSeconds());
  }

  private HostConfig host() {
    return new HostConfig(
        mounts.build(),
        network.build(),
        rights(),
        life(),
        LimitDocuments.write(resources, cgroupParent, devices, deviceRules, ulimits));
  }

  private HostRights rights() {
    return new HostRights(
        Values.orNull(capAdd),
        Values.orNull(capDrop),
        cgroup.map(NamespaceMode::toString).orElse(""),
        Values.orNull(groups),
        ipc.isPrivate() ? "" : ipc.toString(),
        "",
        oomScoreAdjust,
        pid.isPrivate() ? "" : pid.toString(),
        privileged,
        Values.orNull(security),
        uts.isPrivate() ? "" : uts.toString(),
        "",
        sysctls,
        "");
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
