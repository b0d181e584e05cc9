package io.berth.container;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.container.SandboxConfig.Bind;
import io.berth.container.SandboxConfig.Ulimit;
import io.berth.error.InvalidInputException;
import io.berth.oci.RunConfig;
import io.berth.runtime.security.CapabilitySet;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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
  private Optional<Long> memory = Optional.empty();
  private Optional<String> cpus = Optional.empty();
  private Optional<Long> pids = Optional.empty();
  private NetworkMode network = NetworkMode.NONE;
  private boolean readOnlyRoot;
  private boolean noNewPrivileges;
  private boolean seccomp = true;
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

  @Override
  public CreateRequest name(String name) {
    check(
        NAME.matcher(name).matches(),
        "Invalid container name \""
            + name
            + "\": expected letters, digits and _ . - only,"
            + " beginning with a letter or digit");
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
    check(
        target.startsWith("/"),
        "Invalid mount target \"" + target + "\": expected an absolute path");
    check(!target.equals("/"), "Invalid mount target \"/\": the root cannot be a mount");
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
    this.seccomp = on;
    return this;
  }

  @Override
  public CreateRequest memory(String size) {
    long bytes = ByteSize.parse(size);
    check(bytes >= 6L << 20, "Invalid memory limit " + size + ": the least is 6m");
    this.memory = Optional.of(bytes);
    return this;
  }

  @Override
  public CreateRequest cpus(double count) {
    int present = Runtime.getRuntime().availableProcessors();
    check(
        count >= 0.01 && count <= present,
        "Invalid number of CPUs " + count + ": expected 0.01 to " + present + ", as this host has");
    this.cpus = Optional.of(Double.toString(count));
    return this;
  }

  @Override
  public CreateRequest pidsLimit(long count) {
    check(count > 0, "Invalid pids limit " + count + ": expected at least 1");
    this.pids = Optional.of(count);
    return this;
  }

  @Override
  public CreateRequest ulimit(String name, long soft, long hard) {
    Ulimits.number(name);
    check(
        Long.compareUnsigned(soft, hard) <= 0,
        "Invalid ulimit "
            + name
            + "="
            + soft
            + ":"
            + hard
            + ": the soft limit is above the hard one");
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
    check(
        !(network == NetworkMode.HOST
            && sysctls.keySet().stream().anyMatch(s -> s.startsWith("net."))),
        "A net. sysctl is not allowed with the host's network: it would change the host");
    RunConfig config = image.config().config();
    String id = containers.newId();
    String host = hostname.orElse(network == NetworkMode.HOST ? hostName() : id.substring(0, 12));
    return containers.create(
        new ContainerConfig(
            id,
            name.orElse(id.substring(0, 12)),
            imageName,
            image.id(),
            containers.now(),
            new ProcessConfig(
                args(config), env(config, host), workdir(config), user.or(config::user).orElse("")),
            new SandboxConfig(
                host,
                network,
                binds,
                readOnlyRoot,
                noNewPrivileges,
                seccomp,
                capAdd,
                capDrop,
                memory,
                cpus,
                pids,
                ulimits,
                sysctls),
            merge(config.labels(), labels),
            config.stopSignal().orElse("TERM"),
            streams.stdin().isPresent(),
            detached,
            autoRemove),
        image,
        streams);
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

  private List<String> args(RunConfig config) {
    List<String> args = new ArrayList<>(entrypoint.orElse(config.entrypoint()));
    args.addAll(command.orElse(entrypoint.isPresent() ? List.of() : config.cmd()));
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
