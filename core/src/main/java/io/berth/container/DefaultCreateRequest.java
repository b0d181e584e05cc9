package io.berth.container;

import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.CreateRequest;
import io.berth.api.DeviceSpec;
import io.berth.api.Image;
import io.berth.api.LogOptions;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkMode;
import io.berth.api.ProcessSpec;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.api.SandboxSpec.Bind;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.oci.RunConfig;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.DeviceRule;
import io.berth.runtime.security.SeccompProfile;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Collects what a container is to be and checks it as it comes. */
final class DefaultCreateRequest implements CreateRequest {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  private static final Pattern HOSTNAME = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9.-]{0,62})?");
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final DefaultContainers containers;
  private final String imageName;
  private final Image image;
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, String> sysctls = new LinkedHashMap<>();
  private final List<Bind> binds = new ArrayList<>();
  private final List<Ulimit> ulimits = new ArrayList<>();
  private final List<String> capAdd = new ArrayList<>();
  private final List<String> capDrop = new ArrayList<>();
  private Optional<String> name = Optional.empty();
  private Optional<List<String>> command = Optional.empty();
  private Optional<List<String>> entrypoint = Optional.empty();
  private Optional<String> workdir = Optional.empty();
  private Optional<String> user = Optional.empty();
  private Optional<String> hostname = Optional.empty();
  private final List<String> groups = new ArrayList<>();
  private final List<String> extraHosts = new ArrayList<>();
  private final List<String> dns = new ArrayList<>();
  private final List<String> dnsSearch = new ArrayList<>();
  private final List<String> dnsOptions = new ArrayList<>();
  private final Map<String, String> tmpfs = new LinkedHashMap<>();
  private final List<DeviceSpec> devices = new ArrayList<>();
  private final List<String> deviceRules = new ArrayList<>();
  private final List<String> securityLabels = new ArrayList<>();
  private final List<String> ports = new ArrayList<>();
  private Optional<String> domainname = Optional.empty();
  private Optional<Long> shmSize = Optional.empty();
  private Optional<Integer> oomScoreAdjust = Optional.empty();
  private Optional<String> seccomp = Optional.empty();
  private Optional<String> apparmor = Optional.empty();
  private Optional<Healthcheck> healthcheck = Optional.empty();
  private Optional<String> stopSignal = Optional.empty();
  private Duration stopTimeout = ContainerSpec.DEFAULT_STOP_TIMEOUT;
  private Resources resources = Resources.none();
  private NetworkMode network = NetworkMode.NONE;
  private NamespaceMode pid = NamespaceMode.PRIVATE;
  private NamespaceMode ipc = NamespaceMode.PRIVATE;
  private NamespaceMode uts = NamespaceMode.PRIVATE;
  private RestartPolicy restart = RestartPolicy.NO;
  private LogOptions log = LogOptions.DEFAULT;
  private boolean readOnlyRoot;
  private boolean privileged;
  private boolean noNewPrivileges;
  private boolean maskPaths = true;
  private boolean tty;
  private boolean openStdin;
  private boolean init;
  private boolean detached;
  private boolean autoRemove;
  private Streams streams = Streams.NONE;

  DefaultCreateRequest(DefaultContainers containers, String imageName, Image image) {
    this.containers = containers;
    this.imageName = imageName;
    this.image = image;
  }

  private static void check(boolean valid, String message) {
    if (!valid) {
      throw new InvalidInputException(message);
    }
  }

  static void checkName(String name) {
    check(
        NAME.matcher(name).matches(),
        "Invalid container name \""
            + name
            + "\": expected letters, digits and _ . - only,"
            + " beginning with a letter or digit");
  }

  private static void checkTarget(String target) {
    check(
        target.startsWith("/"),
        "Invalid mount target \"" + target + "\": expected an absolute path");
    check(!target.equals("/"), "Invalid mount target \"/\": the root cannot be a mount");
  }

  @Override
  public CreateRequest name(String name) {
    checkName(name);
    this.name = Optional.of(name);
    return this;
  }

  @Override
  public CreateRequest command(List<String> args) {
    this.command = Optional.of(List.copyOf(args));
    return this;
  }

  @Override
  public CreateRequest entrypoint(List<String> args) {
    this.entrypoint = Optional.of(List.copyOf(args));
    return this;
  }

  @Override
  public CreateRequest env(String name, String value) {
    check(
        !name.isEmpty() && name.indexOf('=') < 0,
        "Invalid environment variable name \"" + name + "\": expected a name without \"=\"");
    env.put(name, value);
    return this;
  }

  @Override
  public CreateRequest workdir(String path) {
    check(
        path.startsWith("/"),
        "Invalid working directory \"" + path + "\": expected an absolute path");
    this.workdir = Optional.of(path);
    return this;
  }

  @Override
  public CreateRequest user(String user) {
    this.user = Optional.of(user);
    return this;
  }

  @Override
  public CreateRequest hostname(String hostname) {
    check(
        HOSTNAME.matcher(hostname).matches(),
        "Invalid hostname \"" + hostname + "\": expected at most 63 letters, digits, - and .");
    this.hostname = Optional.of(hostname);
    return this;
  }

  @Override
  public CreateRequest label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  @Override
  public CreateRequest network(NetworkMode mode) {
    this.network = mode;
    return this;
  }

  @Override
  public CreateRequest bind(Path source, String target, boolean readOnly) {
    checkTarget(target);
    check(
        Files.exists(source),
        "Cannot bind " + source + ": it does not exist. Create it before the container.");
    binds.add(new Bind(source.toAbsolutePath().normalize().toString(), target, readOnly));
    return this;
  }

  @Override
  public CreateRequest readOnlyRoot(boolean readOnly) {
    this.readOnlyRoot = readOnly;
    return this;
  }

  @Override
  public CreateRequest noNewPrivileges(boolean on) {
    this.noNewPrivileges = on;
    return this;
  }

  @Override
  public CreateRequest capAdd(String capability) {
    capAdd.add(capability);
    CapabilitySet.dockerDefault().tweak(capAdd, capDrop);
    return this;
  }

  @Override
  public CreateRequest capDrop(String capability) {
    capDrop.add(capability);
    CapabilitySet.dockerDefault().tweak(capAdd, capDrop);
    return this;
  }

  @Override
  public CreateRequest seccomp(boolean on) {
    this.seccomp = on ? Optional.empty() : Optional.of("unconfined");
    return this;
  }

  @Override
  public CreateRequest seccompProfile(String json) {
    SeccompProfile.parse(json.getBytes(StandardCharsets.UTF_8));
    this.seccomp = Optional.of(json);
    return this;
  }

  @Override
  public CreateRequest securityLabel(String label) {
    check(
        label.equals("disable") || label.matches("(user|role|type|level):.+"),
        "Invalid security label \""
            + label
            + "\": expected disable, or user:, role:, type: or level: with a value");
    securityLabels.add(label);
    return this;
  }

  @Override
  public CreateRequest apparmor(String profile) {
    this.apparmor = Optional.of(profile);
    return this;
  }

  @Override
  public CreateRequest maskPaths(boolean mask) {
    this.maskPaths = mask;
    return this;
  }

  @Override
  public CreateRequest privileged(boolean privileged) {
    this.privileged = privileged;
    return this;
  }

  @Override
  public CreateRequest memory(String size) {
    resources = resources.with(Resources.builder().memory(ByteSize.parse(size)).build());
    return this;
  }

  @Override
  public CreateRequest cpus(double count) {
    int present = Runtime.getRuntime().availableProcessors();
    check(
        count >= 0.01 && count <= present,
        "Invalid number of CPUs " + count + ": expected 0.01 to " + present + ", as this host has");
    resources = resources.with(Resources.builder().cpus(count).build());
    return this;
  }

  @Override
  public CreateRequest pidsLimit(long count) {
    check(count > 0, "Invalid pids limit " + count + ": expected at least 1");
    resources = resources.with(Resources.builder().pids(count).build());
    return this;
  }

  @Override
  public CreateRequest resources(Resources resources) {
    LimitPlan.of(resources);
    this.resources = resources;
    return this;
  }

  @Override
  public CreateRequest oomScoreAdjust(int value) {
    check(
        value >= -1000 && value <= 1000,
        "Invalid OOM score adjustment " + value + ": expected -1000 to 1000");
    this.oomScoreAdjust = Optional.of(value);
    return this;
  }

  @Override
  public CreateRequest ulimit(String name, long soft, long hard) {
    Ulimits.number(name);
    ulimits.add(new Ulimit(name, soft, hard));
    return this;
  }

  @Override
  public CreateRequest sysctl(String name, String value) {
    Sysctls.check(name);
    sysctls.put(name, value);
    return this;
  }

  @Override
  public CreateRequest stdin(InputStream in) {
    streams = new Streams(Optional.of(in), streams.stdout(), streams.stderr());
    return this;
  }

  @Override
  public CreateRequest output(OutputStream stdout, OutputStream stderr) {
    streams = new Streams(streams.stdin(), Optional.of(stdout), Optional.of(stderr));
    return this;
  }

  @Override
  public CreateRequest group(String group) {
    groups.add(group);
    return this;
  }

  @Override
  public CreateRequest domainname(String domainname) {
    this.domainname = Optional.of(domainname);
    return this;
  }

  @Override
  public CreateRequest extraHost(String name, String address) {
    String entry = name + ":" + address;
    EtcPlan.entry(entry);
    extraHosts.add(entry);
    return this;
  }

  @Override
  public CreateRequest dns(String address) {
    dns.add(address);
    return this;
  }

  @Override
  public CreateRequest dnsSearch(String domain) {
    dnsSearch.add(domain);
    return this;
  }

  @Override
  public CreateRequest dnsOption(String option) {
    dnsOptions.add(option);
    return this;
  }

  @Override
  public CreateRequest pid(NamespaceMode mode) {
    this.pid = mode;
    return this;
  }

  @Override
  public CreateRequest ipc(NamespaceMode mode) {
    this.ipc = mode;
    return this;
  }

  @Override
  public CreateRequest uts(NamespaceMode mode) {
    this.uts = mode;
    return this;
  }

  @Override
  public CreateRequest tmpfs(String target, String options) {
    checkTarget(target);
    TmpfsOptions.parse(options);
    tmpfs.put(target, options);
    return this;
  }

  @Override
  public CreateRequest shmSize(String size) {
    long bytes = ByteSize.parse(size);
    check(bytes > 0, "Invalid size of /dev/shm " + size + ": it must be greater than 0");
    this.shmSize = Optional.of(bytes);
    return this;
  }

  @Override
  public CreateRequest device(DeviceSpec device) {
    devices.add(device);
    return this;
  }

  @Override
  public CreateRequest deviceRule(String rule) {
    DeviceRule.allow(rule);
    deviceRules.add(rule);
    return this;
  }

  @Override
  public CreateRequest tty(boolean tty) {
    this.tty = tty;
    return this;
  }

  @Override
  public CreateRequest openStdin(boolean open) {
    this.openStdin = open;
    return this;
  }

  @Override
  public CreateRequest init(boolean init) {
    this.init = init;
    return this;
  }

  @Override
  public CreateRequest restart(RestartPolicy policy) {
    this.restart = policy;
    return this;
  }

  @Override
  public CreateRequest log(LogOptions options) {
    this.log = options;
    return this;
  }

  @Override
  public CreateRequest healthcheck(Healthcheck healthcheck) {
    this.healthcheck = Optional.of(healthcheck);
    return this;
  }

  @Override
  public CreateRequest stopSignal(String signal) {
    Signals.parse(signal);
    this.stopSignal = Optional.of(signal);
    return this;
  }

  @Override
  public CreateRequest stopTimeout(Duration timeout) {
    check(!timeout.isNegative(), "Invalid stop timeout " + timeout + ": it is negative");
    this.stopTimeout = timeout;
    return this;
  }

  @Override
  public CreateRequest expose(String port) {
    check(
        port.matches("\\d{1,5}(-\\d{1,5})?(/(tcp|udp|sctp))?"),
        "Invalid port \"" + port + "\": expected a number with /tcp, /udp or /sctp");
    ports.add(port.contains("/") ? port : port + "/tcp");
    return this;
  }

  @Override
  public CreateRequest detached(boolean detached) {
    this.detached = detached;
    return this;
  }

  @Override
  public CreateRequest autoRemove(boolean remove) {
    this.autoRemove = remove;
    return this;
  }

  @Override
  public Container create() {
    boolean restarts = !restart.equals(RestartPolicy.NO);
    check(
        !(network.isHost() && sysctls.keySet().stream().anyMatch(n -> n.startsWith("net."))),
        "A net. sysctl is not allowed with the host's network: it would change the host");
    check(
        !(restarts && autoRemove),
        "A container that is removed when it ends cannot have a restart policy");
    check(
        uts.isPrivate() || hostname.isEmpty(),
        "A hostname is not allowed with the UTS namespace of the host or another container");
    RunConfig config = image.config().config();
    String id = containers.newId();
    String host = hostname.orElse(network.isHost() ? hostName() : id.substring(0, 12));
    List<String> first = entrypoint.orElse(config.entrypoint());
    List<String> rest = command.orElse(entrypoint.isPresent() ? List.of() : config.cmd());
    ContainerSpec spec =
        new ContainerSpec(
            imageName,
            image.id(),
            first,
            rest,
            new ProcessSpec(
                args(first, rest),
                env(config, host),
                workdir(config),
                user.or(config::user).orElse(""),
                groups,
                tty,
                openStdin || streams.stdin().isPresent()),
            sandbox(host),
            merge(config.labels(), labels),
            Stream.concat(config.exposedPorts().stream(), ports.stream()).distinct().toList(),
            detached || restarts,
            autoRemove,
            init,
            restart,
            log,
            healthcheck(config),
            stopSignal.or(config::stopSignal).orElse("TERM"),
            stopTimeout);
    return containers.create(
        new ContainerConfig(id, name.orElse(id.substring(0, 12)), containers.now(), spec),
        image,
        streams.any() ? Optional.of(new Attached(streams, true)) : Optional.empty());
  }

  private SandboxSpec sandbox(String host) {
    return new SandboxSpec(
        host,
        domainname,
        network,
        pid,
        ipc,
        uts,
        extraHosts,
        dns,
        dnsSearch,
        dnsOptions,
        binds,
        tmpfs,
        shmSize,
        readOnlyRoot,
        devices,
        deviceRules,
        new Rights(
            privileged,
            capAdd,
            capDrop,
            noNewPrivileges,
            seccomp,
            securityLabels,
            apparmor,
            !maskPaths),
        resources,
        ulimits,
        sysctls,
        oomScoreAdjust);
  }

  /** The image's check, with what was given in place of parts of it. */
  private Optional<Healthcheck> healthcheck(RunConfig config) {
    if (healthcheck.isEmpty()) {
      return config.healthcheck();
    }
    Healthcheck given = healthcheck.get();
    if (!given.test().isEmpty() || config.healthcheck().isEmpty()) {
      return healthcheck;
    }
    Healthcheck inherited = config.healthcheck().get();
    return Optional.of(
        new Healthcheck(
            inherited.test(),
            given.interval().or(inherited::interval),
            given.timeout().or(inherited::timeout),
            given.startPeriod().or(inherited::startPeriod),
            given.startInterval().or(inherited::startInterval),
            given.retries().or(inherited::retries)));
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (java.io.IOException e) {
      return "localhost";
    }
  }

  private static Map<String, String> merge(Map<String, String> first, Map<String, String> second) {
    Map<String, String> all = new LinkedHashMap<>(first);
    all.putAll(second);
    return all;
  }

  private List<String> args(List<String> first, List<String> rest) {
    List<String> args = new ArrayList<>(first);
    args.addAll(rest);
    check(
        !args.isEmpty(),
        "No command for image "
            + imageName
            + ": it has neither ENTRYPOINT nor CMD, and none was given with command(...)");
    return args;
  }

  private List<String> env(RunConfig config, String host) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", PATH);
    all.put("HOSTNAME", host);
    for (String variable : config.env()) {
      int equals = variable.indexOf('=');
      all.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    all.putAll(env);
    return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private String workdir(RunConfig config) {
    String path = workdir.or(config::workingDir).orElse("/");
    return path.startsWith("/") ? path : "/" + path;
  }
}
