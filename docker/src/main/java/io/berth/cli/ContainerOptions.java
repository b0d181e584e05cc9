package io.berth.cli;

import io.berth.api.Containers;
import io.berth.api.CreateRequest;
import io.berth.api.NetworkMode;
import io.berth.error.InvalidInputException;
import io.berth.volume.MountFlag;
import io.berth.volume.MountGrammar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code run} and {@code create} say about a container. */
final class ContainerOptions {
  @Option(names = "--name", paramLabel = "NAME", description = "Name of the container")
  private String name;

  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME[=VALUE]",
      description = "Environment variable; without a value, this process's own")
  private List<String> env = List.of();

  @Option(names = "--env-file", paramLabel = "FILE", description = "File of environment variables")
  private List<Path> envFiles = List.of();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "Working directory in the container")
  private String workdir;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER[:GROUP]",
      description = "User, and group, by name or number")
  private String user;

  @Option(
      names = {"-h", "--hostname"},
      paramLabel = "NAME",
      description = "Host name of the container")
  private String hostname;

  @Option(names = "--rm", description = "Remove the container once it has ended")
  private boolean remove;

  @Option(
      names = {"-v", "--volume"},
      paramLabel = "[SRC:]DST[:MODE]",
      description = "Mount a volume, or a path of the host")
  private List<String> volumes = List.of();

  @Option(
      names = "--mount",
      paramLabel = "type=TYPE,...",
      description = "Mount a volume, bind, tmpfs or image")
  private List<String> mounts = List.of();

  @Option(
      names = "--volumes-from",
      paramLabel = "CONTAINER[:ro]",
      description = "Mount what another container has mounted")
  private List<String> volumesFrom = List.of();

  @Option(
      names = "--volume-driver",
      paramLabel = "DRIVER",
      description = "Driver of volumes that are made for the container")
  private String volumeDriver;

  @Option(
      names = {"--network", "--net"},
      paramLabel = "NETWORK",
      description = "A network (bridge by default), none, host or container:NAME")
  private String network = "default";

  @Option(
      names = {"-p", "--publish"},
      paramLabel = "[[ADDR:]PORT:]PORT[/PROTO]",
      description = "Have a port reached through one of the host's")
  private List<String> published = List.of();

  @Option(
      names = {"-P", "--publish-all"},
      description = "Publish all exposed ports, at any of the host's")
  private boolean publishAll;

  @Option(
      names = {"--network-alias", "--net-alias"},
      paramLabel = "NAME",
      description = "Another name in the network")
  private List<String> aliases = List.of();

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "IPv4 address in the network")
  private String ip;

  @Option(names = "--ip6", paramLabel = "ADDRESS", description = "IPv6 address in the network")
  private String ip6;

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "SIZE",
      description = "Memory limit, such as 256m or 1g")
  private String memory;

  @Option(names = "--cpus", paramLabel = "NUMBER", description = "CPU limit, such as 1.5")
  private Double cpus;

  @Option(
      names = "--pids-limit",
      paramLabel = "NUMBER",
      description = "Limit of processes and threads; -1 for none")
  private Long pidsLimit;

  @Option(names = "--read-only", description = "Make the root file system read-only")
  private boolean readOnly;

  @Option(names = "--cap-add", paramLabel = "CAP", description = "Add a capability, or ALL")
  private List<String> capAdd = List.of();

  @Option(names = "--cap-drop", paramLabel = "CAP", description = "Take a capability away, or ALL")
  private List<String> capDrop = List.of();

  @Option(
      names = "--security-opt",
      paramLabel = "OPTION",
      description = "no-new-privileges or seccomp=unconfined")
  private List<String> security = List.of();

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
      names = {"-l", "--label"},
      paramLabel = "NAME[=VALUE]",
      description = "Label")
  private List<String> labels = List.of();

  @Option(
      names = "--entrypoint",
      paramLabel = "COMMAND",
      description = "In place of the image's entry point; empty for none")
  private String entrypoint;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "Image to make it from")
  private String image;

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "In place of the image's command")
  private List<String> command = List.of();

  CreateRequest request(Containers containers, Map<String, String> environment) throws IOException {
    CreateRequest request = containers.create(image);
    if (name != null) {
      request.name(name);
    }
    if (!command.isEmpty()) {
      request.command(command);
    }
    if (entrypoint != null) {
      request.entrypoint(entrypoint.isEmpty() ? List.of() : List.of(entrypoint));
    }
    if (workdir != null) {
      request.workdir(workdir);
    }
    if (user != null) {
      request.user(user);
    }
    if (hostname != null) {
      request.hostname(hostname);
    }
    labels.stream().map(Assignment::label).forEach(l -> request.label(l.name(), l.value()));
    environment(request, environment);
    isolation(request);
    limits(request);
    return request.autoRemove(remove);
  }

  /** Files first: the options on the command line win. */
  private void environment(CreateRequest request, Map<String, String> environment)
      throws IOException {
    for (Path file : envFiles) {
      request.env(EnvFile.read(file, environment));
    }
    for (String variable : env) {
      EnvFile.value(variable, environment)
          .ifPresent(value -> request.env(EnvFile.name(variable), value));
    }
  }

  private void isolation(CreateRequest request) {
    request.network(NetworkMode.of(network));
    published.forEach(request::publish);
    if (publishAll) {
      request.publishAll(true);
    }
    aliases.forEach(request::networkAlias);
    Optional.ofNullable(ip).ifPresent(request::ip);
    Optional.ofNullable(ip6).ifPresent(request::ip6);
    Path here = Path.of("").toAbsolutePath();
    volumes.forEach(v -> request.mount(MountGrammar.volume(v, here)));
    mounts.forEach(m -> request.mount(MountFlag.parse(m, here)));
    volumesFrom.forEach(request::volumesFrom);
    if (volumeDriver != null) {
      request.volumeDriver(volumeDriver);
    }
    if (readOnly) {
      request.readOnlyRoot(true);
    }
    capAdd.forEach(request::capAdd);
    capDrop.forEach(request::capDrop);
    security.forEach(option -> security(request, option));
  }

  private static void security(CreateRequest request, String option) {
    switch (option) {
      case "no-new-privileges", "no-new-privileges:true", "no-new-privileges=true" ->
          request.noNewPrivileges(true);
      case "no-new-privileges:false", "no-new-privileges=false" -> request.noNewPrivileges(false);
      case "seccomp=unconfined", "seccomp:unconfined" -> request.seccomp(false);
      default ->
          throw new InvalidInputException(
              "Unsupported security option \""
                  + option
                  + "\": this release has no-new-privileges and seccomp=unconfined");
    }
  }

  private void limits(CreateRequest request) {
    if (memory != null) {
      request.memory(memory);
    }
    // Docker takes 0, and for processes -1, as no limit.
    if (cpus != null && cpus != 0) {
      request.cpus(cpus);
    }
    if (pidsLimit != null && pidsLimit != 0 && pidsLimit != -1) {
      request.pidsLimit(pidsLimit);
    }
    ulimits.stream()
        .map(UlimitOption::parse)
        .forEach(u -> request.ulimit(u.name(), u.soft(), u.hard()));
    sysctls.stream()
        .map(s -> Assignment.of("sysctl", s))
        .forEach(s -> request.sysctl(s.name(), s.value()));
  }
}
