package io.berth.server.resource;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.MountSpec.Type;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.server.wire.Asked;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.HealthConfig;
import io.berth.server.wire.HostConfig;
import io.berth.server.wire.HostFiles;
import io.berth.server.wire.HostLife;
import io.berth.server.wire.HostNetwork;
import io.berth.server.wire.HostRights;
import io.berth.server.wire.LogConfig;
import io.berth.server.wire.PortBinding;
import io.berth.server.wire.ProcessConfig;
import io.berth.server.wire.RestartPolicyConfig;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a container was made with, as dockerd shows it; also one that was made in Java. */
final class SpecView {
  private static final long DEFAULT_SHM = 64L << 20;
  private static final List<String> MASKED =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware");
  private static final List<String> READ_ONLY =
      List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

  private final ContainerSpec spec;
  private final SandboxSpec sandbox;
  private final Optional<Asked> asked;

  SpecView(Container container) {
    this.spec = container.spec();
    this.sandbox = spec.sandbox();
    this.asked = asked(spec);
  }

  private static Optional<Asked> asked(ContainerSpec spec) {
    String json = spec.annotations().get(Draft.ANNOTATION);
    if (json == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(WireJson.read(json.getBytes(StandardCharsets.UTF_8), Asked.class));
    } catch (InvalidInputException e) {
      // Anybody may write an annotation.
      return Optional.empty();
    }
  }

  /** Whether the end of the first client's input is the end of the container's. */
  boolean stdinOnce() {
    return asked.map(Asked::stdinOnce).orElse(true);
  }

  ContainerConfig config() {
    return new ContainerConfig(
        sandbox.hostname(),
        sandbox.domainname().orElse(""),
        asked.map(Asked::attachStdin).orElse(false),
        asked.map(Asked::attachStdout).orElse(false),
        asked.map(Asked::attachStderr).orElse(false),
        spec.process().tty(),
        spec.process().stdin(),
        asked.map(Asked::stdinOnce).orElse(false),
        spec.image(),
        null,
        null,
        asked
            .map(a -> Optional.ofNullable(a.stopTimeout()))
            .orElseGet(this::stopTimeout)
            .orElse(null),
        process());
  }

  private Optional<Integer> stopTimeout() {
    Duration timeout = spec.stopTimeout();
    return timeout.equals(ContainerSpec.DEFAULT_STOP_TIMEOUT)
        ? Optional.empty()
        : Optional.of((int) timeout.toSeconds());
  }

  private ProcessConfig process() {
    String hostname = "HOSTNAME=" + sandbox.hostname();
    List<String> env = spec.process().env().stream().filter(v -> !v.equals(hostname)).toList();
    String workdir = spec.process().workdir();
    return new ProcessConfig(
        spec.process().user(),
        set(spec.exposedPorts()),
        env,
        Lists.orNull(spec.command()),
        spec.healthcheck().map(SpecView::health).orElse(null),
        asked.map(Asked::volumes).orElse(null),
        workdir.equals("/") ? "" : workdir,
        Lists.orNull(spec.entrypoint()),
        null,
        new TreeMap<>(spec.labels()),
        spec.stopSignal().equals("TERM") ? null : spec.stopSignal(),
        null);
  }

  static Map<String, Object> set(List<String> members) {
    Map<String, Object> set = new TreeMap<>();
    members.forEach(m -> set.put(m, JsonNodeFactory.instance.objectNode()));
    return set;
  }

  static HealthConfig health(Healthcheck check) {
    return new HealthConfig(
        check.test(),
        nanos(check.interval()),
        nanos(check.timeout()),
        nanos(check.startPeriod()),
        nanos(check.startInterval()),
        check.retries().orElse(0));
  }

  private static long nanos(Optional<Duration> duration) {
    return duration.map(Duration::toNanos).orElse(0L);
  }

  HostConfig hostConfig() {
    return new HostConfig(files(), network(), rights(), life(), Limits.of(sandbox));
  }

  String networkMode() {
    return asked
        .map(a -> a.hostConfig().network().networkMode())
        .filter(m -> !m.isEmpty())
        .orElse(sandbox.network().toString());
  }

  Map<String, String> annotations() {
    Map<String, String> annotations = new HashMap<>(spec.annotations());
    annotations.remove(Draft.ANNOTATION);
    return annotations;
  }

  private HostFiles files() {
    Optional<HostFiles> said = asked.map(a -> a.hostConfig().files());
    boolean masked = !sandbox.rights().unmasked() && !sandbox.rights().privileged();
    return new HostFiles(
        said.map(HostFiles::binds).orElseGet(this::binds),
        said.map(f -> Lists.of(f.containerIdFile())).orElse(""),
        said.map(HostFiles::mounts).orElse(null),
        said.map(f -> Lists.of(f.volumeDriver())).orElse(""),
        said.map(HostFiles::volumesFrom).orElse(null),
        sandbox.readOnlyRoot(),
        said.isPresent() ? said.get().tmpfs() : sandbox.tmpfs(),
        null,
        sandbox.shmSize().orElse(DEFAULT_SHM),
        masked ? MASKED : null,
        masked ? READ_ONLY : null);
  }

  private List<String> binds() {
    List<String> binds = new ArrayList<>();
    sandbox
        .mounts()
        .forEach(
            m -> {
              String source = m.type() == Type.VOLUME ? m.name() : m.source();
              if (m.type() == Type.BIND || m.type() == Type.VOLUME && !m.anonymous()) {
                binds.add(source + ":" + m.target() + (m.readOnly() ? ":ro" : ""));
              }
            });
    return Lists.orNull(binds);
  }

  private HostNetwork network() {
    Optional<HostNetwork> said = asked.map(a -> a.hostConfig().network());
    return new HostNetwork(
        networkMode(),
        said.map(HostNetwork::portBindings).map(SpecView::bindings).orElse(null),
        said.map(HostNetwork::publishAllPorts).orElse(false),
        Lists.orNull(sandbox.dns()),
        Lists.orNull(sandbox.dnsOptions()),
        Lists.orNull(sandbox.dnsSearch()),
        Lists.orNull(sandbox.extraHosts()),
        said.map(HostNetwork::links).orElse(null));
  }

  /** As said, also when there are none: Testcontainers reads that of Compose's containers. */
  private static Map<String, List<PortBinding>> bindings(Map<String, List<PortBinding>> said) {
    Map<String, List<PortBinding>> shown = new TreeMap<>();
    said.forEach(
        (port, places) ->
            shown.put(
                port,
                places == null
                    ? null
                    : places.stream()
                        .map(p -> new PortBinding(Lists.of(p.hostIp()), Lists.of(p.hostPort())))
                        .toList()));
    return shown;
  }

  private HostRights rights() {
    Optional<HostRights> said = asked.map(a -> a.hostConfig().rights());
    Rights rights = sandbox.rights();
    return new HostRights(
        Lists.orNull(rights.capAdd()),
        Lists.orNull(rights.capDrop()),
        sandbox.cgroup().toString(),
        Lists.orNull(spec.process().groups()),
        sandbox.ipc().toString(),
        "",
        sandbox.oomScoreAdjust().orElse(0),
        sandbox.pid().isPrivate() ? "" : sandbox.pid().toString(),
        rights.privileged(),
        said.map(HostRights::securityOpt).orElseGet(() -> security(rights)),
        sandbox.uts().isPrivate() ? "" : sandbox.uts().toString(),
        "",
        sandbox.sysctls(),
        "");
  }

  private static List<String> security(Rights rights) {
    List<String> options = new ArrayList<>();
    if (rights.noNewPrivileges()) {
      options.add("no-new-privileges");
    }
    rights.seccomp().ifPresent(s -> options.add("seccomp=" + s));
    rights.apparmor().ifPresent(a -> options.add("apparmor=" + a));
    rights.labels().forEach(l -> options.add("label=" + l));
    return Lists.orNull(options);
  }

  private HostLife life() {
    Optional<HostLife> said = asked.map(a -> a.hostConfig().life());
    return new HostLife(
        said.map(HostLife::logConfig)
            .filter(l -> l.type() != null && !l.type().isEmpty())
            .map(l -> new LogConfig(l.type(), Lists.of(l.config())))
            .orElseGet(this::log),
        new RestartPolicyConfig(spec.restart().kind().word(), spec.restart().maxRetries()),
        spec.autoRemove(),
        "runc",
        said.map(HostLife::consoleSize).orElse(List.of(0, 0)),
        spec.init() ? Boolean.TRUE : said.map(HostLife::init).orElse(null),
        annotations());
  }

  private LogConfig log() {
    return new LogConfig(spec.log().driver(), spec.log().options());
  }
}
