package io.berth.remote.container;

import io.berth.api.ContainerSpec;
import io.berth.api.DeviceSpec;
import io.berth.api.LogOptions;
import io.berth.api.MountPoint;
import io.berth.api.MountSpec;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.NetworkingSpec;
import io.berth.api.ProcessSpec;
import io.berth.api.Propagation;
import io.berth.api.PublishSpec;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import io.berth.oci.Healthcheck;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.ContainerDetails;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.HealthConfig;
import io.berth.server.wire.HostConfig;
import io.berth.server.wire.HostFiles;
import io.berth.server.wire.HostLife;
import io.berth.server.wire.HostRights;
import io.berth.server.wire.LimitDocuments;
import io.berth.server.wire.PortBinding;
import io.berth.server.wire.ProcessConfig;
import io.berth.server.wire.ResourceLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a container was made with, from what an engine shows of it. */
final class SpecDocuments {
  private final ContainerDetails details;
  private final ContainerConfig config;
  private final ProcessConfig process;
  private final HostConfig host;

  private SpecDocuments(ContainerDetails details) {
    this.details = details;
    this.config = details.config();
    this.process = config.process();
    this.host = details.hostConfig();
  }

  /**
   * @param detached whether it goes on when this program's engine is closed
   */
  static ContainerSpec read(ContainerDetails details, boolean detached) {
    return new SpecDocuments(details).spec(detached);
  }

  static List<String> command(ContainerDetails details) {
    List<String> command = new ArrayList<>(List.of(Values.of(details.path())));
    command.addAll(Values.of(details.args()));
    return command;
  }

  private ContainerSpec spec(boolean detached) {
    HostLife life = host.life();
    Map<String, String> annotations = Values.of(life.annotations());
    return new ContainerSpec(
        config.image(),
        Digest.parse(details.image()),
        Values.of(process.entrypoint()),
        Values.of(process.cmd()),
        process(),
        sandbox(),
        networking(),
        Values.of(process.labels()),
        List.copyOf(Values.of(process.exposedPorts()).keySet()),
        detached,
        life.autoRemove(),
        Boolean.TRUE.equals(life.init()),
        restart(life),
        log(life),
        Optional.ofNullable(process.healthcheck()).map(SpecDocuments::health),
        Values.text(process.stopSignal()).orElse("TERM"),
        Optional.ofNullable(config.stopTimeout())
            .map(s -> s < 0 ? Duration.ofDays(10_000) : Duration.ofSeconds(s))
            .orElse(ContainerSpec.DEFAULT_STOP_TIMEOUT),
        annotations);
  }

  private ProcessSpec process() {
    return new ProcessSpec(
        command(details),
        Values.of(process.env()),
        Values.text(process.workingDir()).orElse("/"),
        Values.of(process.user()),
        Values.of(host.rights().groupAdd()),
        config.tty(),
        config.openStdin());
  }

  static Healthcheck health(HealthConfig config) {
    return new Healthcheck(
        Values.of(config.test()),
        nanos(config.interval()),
        nanos(config.timeout()),
        nanos(config.startPeriod()),
        nanos(config.startInterval()),
        config.retries() == 0 ? Optional.empty() : Optional.of(config.retries()));
  }

  private static Optional<Duration> nanos(long nanos) {
    return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  private static RestartPolicy restart(HostLife life) {
    if (life.restartPolicy() == null) {
      return RestartPolicy.NO;
    }
    int retries = life.restartPolicy().maximumRetryCount();
    String name = Values.of(life.restartPolicy().name());
    return RestartPolicy.parse(retries > 0 ? name + ":" + retries : name);
  }

  private static LogOptions log(HostLife life) {
    if (life.logConfig() == null) {
      return LogOptions.DEFAULT;
    }
    try {
      return LogOptions.parse(
          Values.of(life.logConfig().type()), Values.of(life.logConfig().config()));
    } catch (InvalidInputException e) {
      // Of other drivers, whose options have forms of their own.
      return LogOptions.DEFAULT;
    }
  }

  private SandboxSpec sandbox() {
    HostFiles files = host.files();
    HostRights rights = host.rights();
    return new SandboxSpec(
        Values.of(config.hostname()),
        Values.text(config.domainname()),
        mode(),
        namespace(rights.pidMode()),
        namespace(rights.ipcMode()),
        namespace(rights.utsMode()),
        namespace(rights.cgroupnsMode()),
        Values.of(host.network().extraHosts()),
        Values.of(host.network().dns()),
        Values.of(host.network().dnsSearch()),
        Values.of(host.network().dnsOptions()),
        Values.of(details.mounts()).stream()
            .filter(m -> !"tmpfs".equals(m.type()))
            .map(SpecDocuments::mount)
            .toList(),
        tmpfs(files),
        files.shmSize() == 0 ? Optional.empty() : Optional.of(files.shmSize()),
        files.readonlyRootfs(),
        Values.of(host.resources().devices()).stream()
            .map(
                d ->
                    new DeviceSpec(
                        d.pathOnHost(),
                        Values.text(d.pathInContainer()).orElse(d.pathOnHost()),
                        Values.text(d.cgroupPermissions()).orElse("rwm")))
            .toList(),
        Values.of(host.resources().deviceCgroupRules()),
        rights(),
        resources(host.resources()),
        Values.of(host.resources().ulimits()).stream()
            .map(u -> new Ulimit(u.name(), u.soft(), u.hard()))
            .toList(),
        Values.of(rights.sysctls()),
        rights.oomScoreAdj() == 0 ? Optional.empty() : Optional.of(rights.oomScoreAdj()),
        Values.text(host.resources().cgroupParent()));
  }

  private NetworkMode mode() {
    return Values.text(host.network().networkMode())
        .map(NetworkMode::of)
        .orElse(NetworkMode.DEFAULT);
  }

  /** Engines know more of them than can be asked for here; those are private ones, too. */
  private static NamespaceMode namespace(String text) {
    String mode = Values.of(text);
    return mode.equals("host") || mode.startsWith("container:")
        ? new NamespaceMode(mode)
        : NamespaceMode.PRIVATE;
  }

  private static Map<String, String> tmpfs(HostFiles files) {
    Map<String, String> all = new LinkedHashMap<>(Values.of(files.tmpfs()));
    Values.of(files.mounts()).stream()
        .filter(m -> "tmpfs".equals(m.type()))
        .forEach(m -> all.put(m.target(), m.readOnly() ? "ro" : ""));
    return all;
  }

  private static MountPoint mount(io.berth.server.wire.MountPoint mount) {
    MountSpec.Type type = type(mount.type());
    Propagation propagation =
        Values.text(mount.propagation()).map(Propagation::parse).orElse(Propagation.RPRIVATE);
    return new MountPoint(
        type,
        Values.of(mount.name()),
        Values.of(mount.source()),
        mount.destination(),
        Values.of(mount.driver()),
        !mount.readWrite(),
        new MountSpec.BindOptions(propagation, true, MountSpec.ReadOnlyScope.ALL_IF_POSSIBLE),
        "",
        type == MountSpec.Type.VOLUME,
        Values.of(mount.name()).matches("[0-9a-f]{64}"),
        false);
  }

  private static MountSpec.Type type(String name) {
    for (MountSpec.Type type : MountSpec.Type.values()) {
      if (type.name().equals(Values.of(name).toUpperCase(Locale.ROOT))) {
        return type;
      }
    }
    return MountSpec.Type.BIND;
  }

  private Rights rights() {
    HostRights rights = host.rights();
    boolean noNewPrivileges = false;
    Optional<String> seccomp = Optional.empty();
    Optional<String> apparmor = Optional.empty();
    List<String> labels = new ArrayList<>();
    for (String option : Values.of(rights.securityOpt())) {
      String[] parts = option.split("[=:]", 2);
      String value = parts.length == 1 ? "" : parts[1];
      switch (parts[0]) {
        case "no-new-privileges" -> noNewPrivileges = !value.equals("false");
        case "seccomp" -> seccomp = Optional.of(value);
        case "apparmor" -> apparmor = Optional.of(value);
        case "label" -> labels.add(value);
        default -> {
          // Nothing that this program could ask for.
        }
      }
    }
    List<String> masked = host.files().maskedPaths();
    return new Rights(
        rights.privileged(),
        Values.of(rights.capAdd()),
        Values.of(rights.capDrop()),
        noNewPrivileges,
        seccomp,
        labels,
        apparmor,
        !rights.privileged() && Values.of(masked).isEmpty());
  }

  private NetworkingSpec networking() {
    List<PublishSpec> published = new ArrayList<>();
    Values.of(host.network().portBindings())
        .forEach(
            (port, bindings) -> Values.of(bindings).forEach(b -> published.add(publish(port, b))));
    NetworkMode mode = mode();
    if (mode.network().isEmpty()) {
      return new NetworkingSpec(List.of(), published, host.network().publishAllPorts());
    }
    List<NetworkAttachment> attachments = new ArrayList<>();
    Values.of(details.networkSettings().networks())
        .forEach((name, settings) -> attachments.add(attachment(name, settings)));
    attachments.sort(
        Comparator.comparing((NetworkAttachment a) -> !a.network().equals(mode.network().get()))
            .thenComparing(NetworkAttachment::network));
    return new NetworkingSpec(attachments, published, host.network().publishAllPorts());
  }

  private static PublishSpec publish(String port, PortBinding binding) {
    String[] parts = port.split("/");
    String[] ends = Values.text(binding.hostPort()).orElse("0").split("-");
    return new PublishSpec(
        Integer.parseInt(parts[0]),
        parts.length == 1 ? "tcp" : parts[1],
        Values.text(binding.hostIp()),
        Integer.parseInt(ends[0]),
        Integer.parseInt(ends[ends.length - 1]));
  }

  private NetworkAttachment attachment(String name, EndpointSettings settings) {
    NetworkAttachment attachment = NetworkAttachment.to(name);
    String shortId = details.id().substring(0, 12);
    for (String alias : Values.of(settings.aliases())) {
      // Engines add this one themselves.
      attachment = alias.equals(shortId) ? attachment : attachment.alias(alias);
    }
    for (String link : Values.of(settings.links())) {
      String[] parts = link.split(":", 2);
      attachment = attachment.link(parts[0], parts[parts.length - 1]);
    }
    if (settings.ipamConfig() != null) {
      Optional<String> ip = Values.text(settings.ipamConfig().ipv4Address());
      Optional<String> ip6 = Values.text(settings.ipamConfig().ipv6Address());
      attachment = ip.map(attachment::ip).orElse(attachment);
      attachment = ip6.map(attachment::ip6).orElse(attachment);
    }
    return attachment;
  }

  private static Resources resources(ResourceLimits limits) {
    Resources.Builder builder = LimitDocuments.read(limits);
    // Engines answer with the double of the memory where nothing was asked.
    if (limits.memorySwap() != 0 && limits.memorySwap() != 2 * limits.memory()) {
      builder.memorySwap(limits.memorySwap());
    }
    return builder.build();
  }
}
