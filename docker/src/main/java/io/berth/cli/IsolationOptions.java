package io.berth.cli;

import io.berth.api.CreateRequest;
import io.berth.api.DeviceSpec;
import io.berth.api.NamespaceMode;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What keeps a container apart from its host. */
final class IsolationOptions {
  @Option(names = "--privileged", description = "Every capability and device, nothing masked")
  private boolean privileged;

  @Option(names = "--read-only", description = "Make the root file system read-only")
  private boolean readOnly;

  @Option(names = "--cap-add", paramLabel = "CAP", description = "Add a capability, or ALL")
  private List<String> capAdd = List.of();

  @Option(names = "--cap-drop", paramLabel = "CAP", description = "Take a capability away, or ALL")
  private List<String> capDrop = List.of();

  @Option(
      names = "--security-opt",
      paramLabel = "OPTION",
      description =
          "no-new-privileges, seccomp=unconfined or a file, label=..., apparmor=...,"
              + " systempaths=unconfined")
  private List<String> security = List.of();

  @Option(
      names = "--device",
      paramLabel = "HOST[:CONTAINER][:rwm]",
      description = "Device of the host")
  private List<String> devices = List.of();

  @Option(
      names = "--device-cgroup-rule",
      paramLabel = "RULE",
      description = "Rule of the devices cgroup, as 'c 42:* rmw'")
  private List<String> deviceRules = List.of();

  @Option(
      names = "--ulimit",
      paramLabel = "NAME=SOFT[:HARD]",
      description = "Resource limit, such as nofile=1024:2048")
  private List<String> ulimits = List.of();

  @Option(
      names = "--sysctl",
      paramLabel = "NAME=VALUE",
      description = "Kernel parameter of the container's namespaces")
  private List<String> sysctls = List.of();

  @Option(
      names = "--oom-score-adj",
      paramLabel = "NUMBER",
      description = "How soon it is killed for want of memory, -1000 to 1000")
  private Integer oomScore;

  @Option(names = "--pid", paramLabel = "MODE", description = "host or container:NAME")
  private String pid;

  @Option(
      names = "--ipc",
      paramLabel = "MODE",
      description = "private, shareable, host or container:NAME")
  private String ipc;

  @Option(names = "--uts", paramLabel = "MODE", description = "host")
  private String uts;

  @Option(names = "--cgroupns", paramLabel = "MODE", description = "private or host")
  private String cgroup;

  @Option(
      names = "--cgroup-parent",
      paramLabel = "PATH",
      description = "Group that its cgroups are below")
  private String cgroupParent;

  @Option(names = "--userns", paramLabel = "MODE", description = "host, as it always is")
  private String user;

  @Option(names = "--shm-size", paramLabel = "SIZE", description = "Size of /dev/shm (64m)")
  private String shmSize;

  @Option(
      names = "--group-add",
      paramLabel = "GROUP",
      description = "One more group, by name or number")
  private List<String> groups = List.of();

  void apply(CreateRequest request) throws IOException {
    if (privileged) {
      request.privileged(true);
    }
    if (readOnly) {
      request.readOnlyRoot(true);
    }
    capAdd.forEach(request::capAdd);
    capDrop.forEach(request::capDrop);
    for (String option : security) {
      security(request, option);
    }
    devices.forEach(d -> request.device(DeviceSpec.parse(d)));
    deviceRules.forEach(request::deviceRule);
    ulimits.stream().map(Ulimit::parse).forEach(u -> request.ulimit(u.name(), u.soft(), u.hard()));
    sysctls.stream()
        .map(s -> Assignment.of("sysctl", s))
        .forEach(s -> request.sysctl(s.name(), s.value()));
    if (oomScore != null) {
      request.oomScoreAdjust(oomScore);
    }
    if (pid != null) {
      request.pid(NamespaceMode.parse(pid));
    }
    if (ipc != null) {
      request.ipc(NamespaceMode.parse(ipc));
    }
    if (uts != null) {
      request.uts(NamespaceMode.parse(uts));
    }
    if (cgroup != null) {
      request.cgroup(NamespaceMode.parse(cgroup));
    }
    if (cgroupParent != null && !cgroupParent.isEmpty()) {
      request.cgroupParent(cgroupParent);
    }
    if (user != null && !user.isEmpty() && !user.equals("host")) {
      throw new InvalidInputException("Invalid user namespace \"" + user + "\": expected host");
    }
    if (shmSize != null) {
      request.shmSize(shmSize);
    }
    groups.forEach(request::group);
  }

  /** {@code NAME=VALUE}, or as docker wrote it once, {@code NAME:VALUE}. */
  private static void security(CreateRequest request, String option) throws IOException {
    String[] parts = option.split("[=:]", 2);
    String value = parts.length == 2 ? parts[1] : "";
    switch (parts[0]) {
      case "no-new-privileges" -> request.noNewPrivileges(!value.equals("false"));
      case "seccomp" -> {
        switch (value) {
          case "unconfined" -> request.seccomp(false);
          case "builtin" -> request.seccomp(true);
          default -> request.seccompProfile(Files.readString(Path.of(value)));
        }
      }
      case "label" -> request.securityLabel(value);
      case "apparmor" -> request.apparmor(value);
      case "systempaths" -> request.maskPaths(!value.equals("unconfined"));
      default ->
          throw new InvalidInputException(
              "Invalid security option \""
                  + option
                  + "\": expected no-new-privileges, seccomp=, label=, apparmor= or systempaths=");
    }
  }
}
