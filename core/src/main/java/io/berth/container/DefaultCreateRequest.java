package io.berth.container;

import static io.berth.container.SandboxDraft.check;

import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.LogOptions;
import io.berth.api.MountPoint;
import io.berth.api.NetworkingSpec;
import io.berth.api.RestartPolicy;
import io.berth.api.SandboxSpec;
import io.berth.oci.Healthcheck;
import io.berth.oci.RunConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Collects what a container is to be. What surrounds its process, its rights and the process itself
 * have drafts of their own, which check what they are given.
 */
final class DefaultCreateRequest extends SurroundedRequest {

  private final DefaultContainers containers;
  private final String imageName;
  private final Image image;
  private final ProcessDraft process;
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, String> annotations = new LinkedHashMap<>();
  private final List<String> ports = new ArrayList<>();
  private Optional<String> name = Optional.empty();
  private Optional<String> stopSignal = Optional.empty();
  private Duration stopTimeout = ContainerSpec.DEFAULT_STOP_TIMEOUT;
  private RestartPolicy restart = RestartPolicy.NO;
  private LogOptions log = LogOptions.DEFAULT;
  private boolean init;
  private boolean detached;
  private boolean autoRemove;
  private Streams streams = Streams.NONE;

  DefaultCreateRequest(DefaultContainers containers, String imageName, Image image) {
    this.containers = containers;
    this.imageName = imageName;
    this.image = image;
    this.process = new ProcessDraft(imageName, image.config().config());
  }

  static void checkName(String name) {
    check(
        ContainerNames.FORM.matcher(name).matches(),
        "Invalid container name \""
            + name
            + "\": expected letters, digits and _ . - only,"
            + " beginning with a letter or digit");
  }

  @Override
  public CreateRequest name(String name) {
    checkName(name);
    this.name = Optional.of(name);
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
  public CreateRequest label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  @Override
  public CreateRequest annotation(String name, String value) {
    annotations.put(name, value);
    return this;
  }

  @Override
  public CreateRequest stdin(InputStream in) {
    streams = new Streams(Optional.of(in), streams.stdout(), streams.stderr());
    process.openStdin(true);
    return this;
  }

  @Override
  public CreateRequest output(OutputStream stdout, OutputStream stderr) {
    streams = new Streams(streams.stdin(), Optional.of(stdout), Optional.of(stderr));
    return this;
  }

  @Override
  public CreateRequest group(String group) {
    process.group(group);
    return this;
  }

  @Override
  public CreateRequest tty(boolean tty) {
    process.tty(tty);
    return this;
  }

  @Override
  public CreateRequest openStdin(boolean open) {
    process.openStdin(open);
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
    process.healthcheck(healthcheck);
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
        !(restarts && autoRemove),
        "A container that is removed when it ends cannot have a restart policy");
    RunConfig config = image.config().config();
    String id = containers.newId();
    String shortId = id.substring(0, 12);
    NetworkingSpec networking = sandbox.networking().build();
    containers.checkNetworks(networking);
    List<MountPoint> points = containers.resolve(sandbox.mounts(), config.volumes());
    ContainerSpec spec;
    try {
      spec = spec(config, shortId, points, networking);
      LogAttributes.of(id, name.orElse(shortId), spec); // which checks them
    } catch (RuntimeException e) {
      containers.mounts().abandon(points);
      throw e;
    }
    return containers.create(
        new ContainerConfig(id, name.orElse(shortId), containers.now(), spec),
        image,
        streams.any() ? Optional.of(streams) : Optional.empty());
  }

  private ContainerSpec spec(
      RunConfig config, String shortId, List<MountPoint> points, NetworkingSpec networking) {
    SandboxSpec around = sandbox.build(shortId, points);
    return new ContainerSpec(
        imageName,
        image.id(),
        process.first(),
        process.rest(),
        process.build(around.hostname()),
        around,
        networking,
        merge(config.labels(), labels),
        Stream.concat(config.exposedPorts().stream(), ports.stream()).distinct().toList(),
        detached || !restart.equals(RestartPolicy.NO),
        autoRemove,
        init,
        restart,
        log,
        process.healthcheck(),
        stopSignal.or(config::stopSignal).orElse("TERM"),
        stopTimeout,
        annotations);
  }

  private static Map<String, String> merge(Map<String, String> first, Map<String, String> second) {
    Map<String, String> all = new LinkedHashMap<>(first);
    all.putAll(second);
    return all;
  }
}
