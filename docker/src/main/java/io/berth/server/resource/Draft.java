package io.berth.server.resource;

import io.berth.api.CreateRequest;
import io.berth.api.DeviceSpec;
import io.berth.api.LogOptions;
import io.berth.api.NamespaceMode;
import io.berth.api.RestartPolicy;
import io.berth.oci.Healthcheck;
import io.berth.server.http.HttpError;
import io.berth.server.wire.Asked;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.DeviceMapping;
import io.berth.server.wire.HealthConfig;
import io.berth.server.wire.HostConfig;
import io.berth.server.wire.HostLife;
import io.berth.server.wire.HostRights;
import io.berth.server.wire.LogConfig;
import io.berth.server.wire.ProcessConfig;
import io.berth.server.wire.ResourceLimits;
import io.berth.server.wire.RestartPolicyConfig;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says to an engine what a client wants a container to be. */
final class Draft {
  /** Where a container keeps what its maker {@link Asked}. */
  static final String ANNOTATION = "io.berth.docker";

  private static final long LEAST_NANOS = 1_000_000;

  private final CreateRequest request;
  private final CreateBody body;
  private final HostConfig host;

  Draft(CreateRequest request, CreateBody body) {
    this.request = request;
    this.body = body;
    this.host = body.hostConfig();
  }

  CreateRequest fill() {
    config(body.config());
    process(body.config().process());
    rights(host.rights());
    life(host.life());
    limits(host.resources());
    new MountDraft(request, host.files()).fill(body.config().process().volumes());
    new NetworkDraft(request, body).fill();
    Lists.of(host.life().annotations()).forEach(request::annotation);
    ContainerConfig config = body.config();
    Asked asked =
        new Asked(
            config.attachStdin(),
            config.attachStdout(),
            config.attachStderr(),
            config.stdinOnce(),
            config.stopTimeout(),
            config.process().volumes(),
            host);
    return request
        .annotation(ANNOTATION, new String(WireJson.bytes(asked), StandardCharsets.UTF_8))
        .detached(true);
  }

  private void config(ContainerConfig config) {
    text(config.hostname()).ifPresent(request::hostname);
    text(config.domainname()).ifPresent(request::domainname);
    request.tty(config.tty()).openStdin(config.openStdin());
    if (config.stopTimeout() != null) {
      // Docker's word for "wait for ever" is a negative number.
      request.stopTimeout(
          config.stopTimeout() < 0
              ? Duration.ofDays(10_000)
              : Duration.ofSeconds(config.stopTimeout()));
    }
  }

  private void process(ProcessConfig process) {
    text(process.user()).ifPresent(request::user);
    text(process.workingDir()).ifPresent(request::workdir);
    text(process.stopSignal()).ifPresent(request::stopSignal);
    Lists.of(process.labels()).forEach(request::label);
    Lists.of(process.exposedPorts()).keySet().forEach(request::expose);
    Lists.of(process.env()).forEach(this::variable);
    entrypoint(process);
    Optional.ofNullable(process.healthcheck())
        .map(Draft::healthcheck)
        .ifPresent(request::healthcheck);
  }

  private void entrypoint(ProcessConfig process) {
    List<String> entrypoint = process.entrypoint();
    if (entrypoint != null && !entrypoint.isEmpty()) {
      // One empty string is how the docker command says that there shall be none.
      request.entrypoint(entrypoint.equals(List.of("")) ? List.of() : entrypoint);
    }
    if (process.cmd() != null && !process.cmd().isEmpty()) {
      request.command(process.cmd());
    }
  }

  private void variable(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals == 0) {
      throw HttpError.badRequest("invalid environment variable: " + assignment);
    }
    if (equals > 0) {
      request.env(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
  }

  private static void checkDuration(String name, long nanos) {
    if (nanos != 0 && nanos < LEAST_NANOS) {
      throw HttpError.badRequest(name + " in Healthcheck cannot be less than 1ms");
    }
  }

  static Healthcheck healthcheck(HealthConfig config) {
    checkDuration("Interval", config.interval());
    checkDuration("Timeout", config.timeout());
    checkDuration("StartPeriod", config.startPeriod());
    checkDuration("StartInterval", config.startInterval());
    return new Healthcheck(
        Lists.of(config.test()),
        nanos(config.interval()),
        nanos(config.timeout()),
        nanos(config.startPeriod()),
        nanos(config.startInterval()),
        config.retries() == 0 ? Optional.empty() : Optional.of(config.retries()));
  }

  private static Optional<Duration> nanos(long nanos) {
    return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  private void rights(HostRights rights) {
    Lists.of(rights.capAdd()).forEach(request::capAdd);
    Lists.of(rights.capDrop()).forEach(request::capDrop);
    Lists.of(rights.groupAdd()).forEach(request::group);
    Lists.of(rights.sysctls()).forEach(request::sysctl);
    Lists.of(rights.securityOpt()).forEach(this::security);
    request.privileged(rights.privileged());
    request.pid(NamespaceMode.parse(Lists.of(rights.pidMode())));
    request.ipc(NamespaceMode.parse(Lists.of(rights.ipcMode())));
    request.uts(NamespaceMode.parse(Lists.of(rights.utsMode())));
    request.cgroup(NamespaceMode.parse(Lists.of(rights.cgroupnsMode())));
    if (rights.oomScoreAdj() != 0) {
      request.oomScoreAdjust(rights.oomScoreAdj());
    }
    if (!Lists.of(rights.usernsMode()).isEmpty() && !rights.usernsMode().equals("host")) {
      throw HttpError.badRequest("invalid user namespace mode: " + rights.usernsMode());
    }
  }

  private void security(String option) {
    int sign = option.indexOf('=') < 0 ? option.indexOf(':') : option.indexOf('=');
    String name = sign < 0 ? option : option.substring(0, sign);
    String value = sign < 0 ? "" : option.substring(sign + 1);
    switch (name) {
      case "no-new-privileges" -> request.noNewPrivileges(value.isEmpty() || value.equals("true"));
      case "seccomp" -> {
        if (value.equals("unconfined")) {
          request.seccomp(false);
        } else if (!value.equals("builtin")) {
          request.seccompProfile(value);
        }
      }
      case "apparmor" -> request.apparmor(value);
      case "label" -> request.securityLabel(value);
      case "systempaths" -> request.maskPaths(!value.equals("unconfined"));
      default -> throw HttpError.badRequest("invalid --security-opt 2: \"" + option + "\"");
    }
  }

  private void life(HostLife life) {
    request.autoRemove(life.autoRemove()).init(Boolean.TRUE.equals(life.init()));
    Optional.ofNullable(life.restartPolicy()).map(Draft::restart).ifPresent(request::restart);
    Optional.ofNullable(life.logConfig()).map(Draft::log).ifPresent(request::log);
  }

  static RestartPolicy restart(RestartPolicyConfig config) {
    String name = Lists.of(config.name());
    int retries = config.maximumRetryCount();
    if (retries < 0) {
      throw HttpError.badRequest("maximum retry count cannot be negative");
    }
    if (retries > 0 && !name.equals("on-failure")) {
      throw HttpError.badRequest(
          "maximum retry count cannot be used with restart policy '" + name + "'");
    }
    return RestartPolicy.parse(retries > 0 ? name + ":" + retries : name);
  }

  private static LogOptions log(LogConfig config) {
    return LogOptions.parse(Lists.of(config.type()), Lists.of(config.config()));
  }

  private void limits(ResourceLimits limits) {
    request.resources(Limits.resources(limits));
    text(limits.cgroupParent()).ifPresent(request::cgroupParent);
    Lists.of(limits.ulimits()).forEach(u -> request.ulimit(u.name(), u.soft(), u.hard()));
    Lists.of(limits.devices()).forEach(d -> request.device(device(d)));
    Lists.of(limits.deviceCgroupRules()).forEach(request::deviceRule);
    if (!Lists.of(limits.deviceRequests()).isEmpty()) {
      throw HttpError.badRequest(
          "could not select device driver \"\" with capabilities: no device drivers are known");
    }
    if (host.files().shmSize() != 0) {
      request.shmSize(String.valueOf(host.files().shmSize()));
    }
  }

  private static DeviceSpec device(DeviceMapping mapping) {
    String target = Lists.of(mapping.pathInContainer());
    String permissions = Lists.of(mapping.cgroupPermissions());
    return new DeviceSpec(
        mapping.pathOnHost(),
        target.isEmpty() ? mapping.pathOnHost() : target,
        permissions.isEmpty() ? "rwm" : permissions);
  }

  private static Optional<String> text(String value) {
    return Optional.ofNullable(value).filter(v -> !v.isEmpty());
  }
}
