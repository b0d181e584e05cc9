package io.berth.remote.container;

import io.berth.api.CreateRequest;
import io.berth.api.DeviceSpec;
import io.berth.api.NamespaceMode;
import io.berth.api.Resources;
import io.berth.api.Ulimit;
import io.berth.server.wire.HostRights;
import io.berth.server.wire.LimitDocuments;
import io.berth.server.wire.ResourceLimits;
import io.berth.text.ByteSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a request for a container that is about what it may do and use. */
abstract class ConfinedRequest extends ReachableRequest {
  private final Map<String, String> sysctls = new LinkedHashMap<>();
  private final List<String> groups = new ArrayList<>();
  private final List<String> capAdd = new ArrayList<>();
  private final List<String> capDrop = new ArrayList<>();
  private final List<String> security = new ArrayList<>();
  private final List<DeviceSpec> devices = new ArrayList<>();
  private final List<String> deviceRules = new ArrayList<>();
  private final List<Ulimit> ulimits = new ArrayList<>();
  private Resources resources = Resources.none();
  private Optional<NamespaceMode> cgroup = Optional.empty();
  private String cgroupParent = "";
  private NamespaceMode pid = NamespaceMode.PRIVATE;
  private NamespaceMode ipc = NamespaceMode.PRIVATE;
  private NamespaceMode uts = NamespaceMode.PRIVATE;
  private int oomScoreAdjust;
  private boolean privileged;

  @Override
  public CreateRequest group(String group) {
    groups.add(group);
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
  public CreateRequest cgroup(NamespaceMode mode) {
    cgroup = Optional.of(mode);
    return this;
  }

  @Override
  public CreateRequest cgroupParent(String path) {
    cgroupParent = path;
    return this;
  }

  private CreateRequest security(String option) {
    security.add(option);
    return this;
  }

  private CreateRequest with(Resources.Builder more) {
    resources = resources.with(more.build());
    return this;
  }

  final HostRights rights() {
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

  final ResourceLimits limits() {
    return LimitDocuments.write(
        resources, resources.memorySwap().orElse(0L), cgroupParent, devices, deviceRules, ulimits);
  }
}
