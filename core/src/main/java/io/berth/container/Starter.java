package io.berth.container;

import io.berth.api.LaunchException;
import io.berth.api.ProcessSpec;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.api.Ulimit;
import io.berth.container.Launch.Supervision;
import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.layers.RootMount;
import io.berth.linux.FileRights;
import io.berth.network.Connection;
import io.berth.network.Connector;
import io.berth.network.Joining;
import io.berth.oci.Healthcheck;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.CgroupManager;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.launch.LaunchSpec.Flag;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import io.berth.runtime.launch.Launcher;
import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.MonitorListener;
import io.berth.runtime.launch.StartFailure;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.SeccompCompiler;
import io.berth.runtime.security.SeccompProfile;
import io.berth.runtime.user.ResolvedUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Turns what a container was made with into a spec, and has it launched in a cgroup of its own; the
 * same for processes in containers that run.
 */
public final class Starter {
  private static final int UMASK = 022;
  private static final String NO_CAPABILITIES = "give capabilities ";
  private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(30);
  private static final Duration HEALTH_START_INTERVAL = Duration.ofSeconds(5);
  private static final int HEALTH_RETRIES = 3;

  private final Launcher launcher;
  private final Connector connector;
  private final CgroupLayout layout;
  private final CgroupManager cgroups;
  private final Users users;
  private final FileRights access;
  private final SecurityPlan security;
  private final Roots roots;
  private final Path containers;
  private final Path journal;

  /**
   * @param access in a user namespace, that of its ordinary user
   * @param dataDirectory the engine's; snapshots are in {@code snapshots} below it
   * @param journal where monitors write what happens
   */
  public Starter(
      Launcher launcher,
      Connector connector,
      CgroupLayout layout,
      CgroupManager cgroups,
      Users users,
      FileRights access,
      SeccompCompiler compiler,
      SeccompProfile profile,
      Path dataDirectory,
      Path journal) {
    this.launcher = launcher;
    this.connector = connector;
    this.layout = layout;
    this.cgroups = cgroups;
    this.users = users;
    this.access = access;
    this.security = new SecurityPlan(compiler, profile);
    this.roots = Roots.in(dataDirectory);
    this.containers = dataDirectory.resolve("containers");
    this.journal = journal;
  }

  /** Compiles the filter of a container with Docker's default rights, in a thread of its own. */
  public void warmUp() {
    Thread thread = new Thread(security::warmUp, "berth-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  record Started(Monitor monitor, List<String> warnings) {}

  /**
   * @throws LaunchException when a step of the launch failed; nothing is left behind
   */
  Started start(Launch launch, MonitorListener listener) {
    try (Connection connection = connector.connect(joining(launch))) {
      boolean started = false;
      try {
        Started result = start(launch, connection, listener);
        started = true;
        return result;
      } finally {
        if (!started) {
          connection.undo();
        }
      }
    }
  }

  /** What the networks need to know of a container. */
  static Joining joining(Launch launch) {
    SandboxSpec sandbox = launch.sandbox();
    return new Joining(
        launch.id(),
        launch.name(),
        sandbox.hostname(),
        launch.directory(),
        sandbox.network(),
        launch.reached().networking(),
        launch.reached().exposed(),
        sandbox.dns());
  }

  private Started start(Launch launch, Connection connection, MonitorListener listener) {
    SandboxSpec sandbox = launch.sandbox();
    boolean privileged = sandbox.rights().privileged();
    List<Devices.Node> devices =
        new ArrayList<>(privileged ? Devices.all() : Devices.resolve(sandbox.devices()));
    Limits limits = LimitPlan.of(sandbox.resources());
    DeviceFilter filter = Devices.filter(privileged, devices, sandbox.deviceRules());
    ContainerCgroup cgroup = createCgroup(launch.id(), limits, filter);
    try {
      Monitor monitor =
          launcher.launch(
              spec(launch, connection, Optional.of(cgroup), devices)
                  .portable(portable(sandbox, limits, filter, cgroupPath(cgroup)))
                  .build(),
              listener);
      List<String> warnings = new ArrayList<>(connection.warnings());
      warnings.addAll(cgroup.warnings());
      warnings.addAll(warnings(monitor, sandbox));
      return new Started(monitor, List.copyOf(warnings));
    } catch (StartFailure e) {
      removeWithAll(cgroup);
      throw failure(launch.name(), e, launch.process());
    } catch (RuntimeException e) {
      removeWithAll(cgroup);
      throw e;
    }
  }

  private ContainerCgroup createCgroup(String id, Limits limits, DeviceFilter devices) {
    try {
      return cgroups.create(id, limits, devices);
    } catch (ConflictException e) {
      // Left by a JVM or a monitor that was killed: nothing runs in it, as the caller knows.
      removeCgroup(id);
      return cgroups.create(id, limits, devices);
    }
  }

  /**
   * A process to be started in a container that runs.
   *
   * @param directory of its own, in the container's
   * @param init the container's
   */
  record ExecLaunch(
      String id,
      String containerId,
      String containerName,
      Path directory,
      long init,
      ProcessSpec process,
      SandboxSpec sandbox,
      Rights rights,
      RootMount root,
      Supervision supervision) {}

  /**
   * @throws LaunchException when it could not be started; nothing is left behind
   */
  Monitor exec(ExecLaunch exec, MonitorListener listener) {
    ContainerCgroup cgroup =
        cgroups
            .find(exec.containerId())
            .orElseThrow(
                () -> new ConflictException("Container " + exec.containerName() + " has ended"));
    LaunchSpec.Builder spec = LaunchSpec.builder(exec.id(), exec.directory());
    spec.exec((int) exec.init()).namespaces(List.of());
    spec.flags(flags(exec.process(), exec.sandbox(), exec.rights(), exec.supervision()));
    cgroup.joinFiles().forEach(spec::joinCgroup);
    cgroup.unified().ifPresent(spec::bornInCgroup);
    addProcess(
        spec,
        exec.process(),
        users.resolveRunning(exec.root(), exec.sandbox(), exec.init(), exec.process()),
        List.of());
    security.add(spec, exec.rights());
    addLimits(spec, exec.sandbox());
    exec.supervision().actor().ifPresent(actor -> addEvents(spec, actor, exec.process().args()));
    try {
      return launcher.launch(spec.build(), listener);
    } catch (StartFailure e) {
      throw failure(exec.containerName(), e, exec.process());
    }
  }

  private void addEvents(LaunchSpec.Builder spec, String actor, List<String> command) {
    String what = Actors.escape(": " + String.join(" ", command));
    spec.events(journal, actor).action("exec_create" + what).action("exec_start" + what);
  }

  Connector connector() {
    return connector;
  }

  /**
   * A launch that failed, or a monitor that was killed, may leave processes that are still dying.
   */
  private static void removeWithAll(ContainerCgroup cgroup) {
    cgroup.kill();
    cgroup.remove();
  }

  /** The cgroup of a container that runs. */
  Optional<ContainerCgroup> cgroup(String id) {
    return cgroups.find(id);
  }

  /** Removes what a launch leaves on the host when its monitor was killed. */
  void cleanUp(String id) {
    connector.cleanUp(id);
    removeCgroup(id);
  }

  private void removeCgroup(String id) {
    cgroups.find(id).ifPresent(Starter::removeWithAll);
  }

  private LaunchSpec.Portable portable(
      SandboxSpec sandbox, Limits limits, DeviceFilter devices, Optional<String> cgroup) {
    Rights rights = sandbox.rights();
    return new LaunchSpec.Portable(
        security.profile(rights), SecurityPlan.capabilities(rights), limits, devices, cgroup);
  }

  /** The path from the top of the trees, which is the same in all of them but for odd layouts. */
  private Optional<String> cgroupPath(ContainerCgroup cgroup) {
    return Stream.concat(layout.unified().stream(), layout.v1().values().stream())
        .flatMap(
            tree ->
                cgroup.directories().stream()
                    .filter(directory -> directory.startsWith(tree.root()))
                    .map(directory -> "/" + tree.root().relativize(directory)))
        .findFirst();
  }

  /**
   * The launch of a container in a form for other runtimes, without any cgroup being made.
   *
   * @param launch whose directory is the bundle
   */
  LaunchSpec describe(Launch launch) {
    SandboxSpec sandbox = launch.sandbox();
    boolean privileged = sandbox.rights().privileged();
    List<Devices.Node> devices =
        new ArrayList<>(privileged ? Devices.all() : Devices.resolve(sandbox.devices()));
    return spec(launch, Connection.none(List.of()), Optional.empty(), devices)
        .portable(
            portable(
                sandbox,
                LimitPlan.of(sandbox.resources()),
                Devices.filter(privileged, devices, sandbox.deviceRules()),
                Optional.empty()))
        .build();
  }

  private LaunchSpec.Builder spec(
      Launch launch,
      Connection connection,
      Optional<ContainerCgroup> cgroup,
      List<Devices.Node> devices) {
    SandboxSpec sandbox = launch.sandbox();
    Supervision supervision = launch.supervision();
    LaunchSpec.Builder spec = LaunchSpec.builder(launch.id(), launch.directory());
    SandboxPlan plan = new SandboxPlan(spec, sandbox);
    Map<Namespace, Path> joined = new EnumMap<>(Namespace.class);
    joined.putAll(launch.joined());
    connection.namespace().ifPresent(file -> joined.put(Namespace.NETWORK, file));
    plan.namespaces(joined);
    Set<Flag> flags = flags(launch.process(), sandbox, sandbox.rights(), supervision);
    put(flags, Flag.LOOPBACK, !sandbox.network().isHost());
    put(flags, Flag.READ_ONLY_ROOT, sandbox.readOnlyRoot());
    put(flags, Flag.INIT, supervision.init());
    spec.flags(flags);
    cgroup.ifPresent(group -> addCgroup(spec, group));
    roots.add(spec, launch.root(), launch.directory().resolve("root"));
    EtcPlan.write(launch.directory(), sandbox, connection.reach(), launch.reached().likeIn());
    plan.mounts(layout, cgroup, devices, launch.directory(), launch.points(), roots, access);
    StepMounts.add(spec, launch, roots, access);
    plan.names();
    addProcess(
        spec,
        launch.process(),
        users.resolve(launch.root(), launch.process()),
        LinkVariables.of(launch.name(), connection.reach().linked(), containers));
    security.add(spec, sandbox.rights());
    addLimits(spec, sandbox);
    if (supervision.log().keep()) {
      spec.log(supervision.log().maxSize(), supervision.log().maxFiles());
    }
    spec.restart(supervision.restart().kind().ordinal(), supervision.restart().maxRetries());
    supervision.health().ifPresent(check -> addHealth(spec, check));
    supervision.actor().ifPresent(actor -> spec.events(journal, actor));
    if (connection.namespace().isPresent()) {
      spec.network(
          connection.reach().resolver(),
          connection.reach().redirected(),
          connection.passed(),
          connection.sockets());
    }
    return spec;
  }

  private static Set<Flag> flags(
      ProcessSpec process, SandboxSpec sandbox, Rights rights, Supervision supervision) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    put(flags, Flag.NO_NEW_PRIVS, sandbox.rights().noNewPrivileges() && !rights.privileged());
    put(flags, Flag.STDIN, process.stdin());
    put(flags, Flag.TTY, process.tty());
    put(flags, Flag.ATTACH, supervision.attach());
    put(flags, Flag.OWNED, supervision.owned());
    return flags;
  }

  private static void put(Set<Flag> flags, Flag flag, boolean on) {
    if (on) {
      flags.add(flag);
    }
  }

  private static void addCgroup(LaunchSpec.Builder spec, ContainerCgroup cgroup) {
    cgroup.joinFiles().forEach(spec::joinCgroup);
    cgroup.unified().ifPresent(spec::bornInCgroup);
    cgroup.directories().forEach(spec::removeCgroup);
    // v2 and v1; both have a line "oom_kill N".
    for (String name : List.of("memory.events", "memory.oom_control")) {
      cgroup.directories().stream()
          .map(d -> d.resolve(name))
          .filter(Files::exists)
          .forEach(spec::oomEvents);
    }
  }

  private void addProcess(
      LaunchSpec.Builder spec, ProcessSpec process, ResolvedUser user, List<String> more) {
    checkHas(process, user);
    List<String> env = new ArrayList<>(process.env());
    LinkVariables.addTo(env, more);
    if (env.stream().noneMatch(e -> e.startsWith("HOME="))) {
      env.add("HOME=" + user.home());
    }
    if (process.tty() && env.stream().noneMatch(e -> e.startsWith("TERM="))) {
      env.add("TERM=xterm");
    }
    spec.args(process.args()).env(env).workdir(process.workdir());
    spec.user(user.uid(), user.gid(), UMASK);
    user.groups().forEach(spec::group);
  }

  private void checkHas(ProcessSpec process, ResolvedUser user) {
    boolean groups = user.groups().stream().allMatch(g -> access.gids().has(g));
    if (!access.keeps(user.uid(), user.gid()) || !groups) {
      throw new InvalidInputException(
          "Cannot run as the user "
              + process.user()
              + " ("
              + user.uid()
              + ":"
              + user.gid()
              + "): this engine of an ordinary user has "
              + (access.uids().size() == 1
                  ? "the id 0 only"
                  : "the ids below " + access.uids().size() + " only")
              + "; give its user more subordinate ids (usermod --add-subuids, --add-subgids), or"
              + " run as the user 0");
    }
  }

  private static void addLimits(LaunchSpec.Builder spec, SandboxSpec sandbox) {
    for (Ulimit limit : sandbox.ulimits()) {
      spec.rlimit(Ulimits.number(limit.name()), limit.soft(), limit.hard());
    }
    sandbox.oomScoreAdjust().ifPresent(spec::oomScoreAdjust);
  }

  private static void addHealth(LaunchSpec.Builder spec, Healthcheck check) {
    List<String> test = check.test();
    if (test.isEmpty() || check.isNone()) {
      return;
    }
    List<String> args = new ArrayList<>(test.subList(1, test.size()));
    if (test.get(0).equals("CMD-SHELL")) {
      args.addAll(0, List.of("/bin/sh", "-c"));
    }
    spec.health(
        check.interval().orElse(HEALTH_INTERVAL),
        check.timeout().orElse(HEALTH_INTERVAL),
        check.startPeriod().orElse(Duration.ZERO),
        check.startInterval().orElse(HEALTH_START_INTERVAL),
        check.retries().orElse(HEALTH_RETRIES),
        args);
  }

  private static List<String> warnings(Monitor monitor, SandboxSpec sandbox) {
    return monitor.warnings().stream().map(w -> explain(w, sandbox)).toList();
  }

  private static String explain(String warning, SandboxSpec sandbox) {
    for (Ulimit limit : sandbox.ulimits()) {
      if (warning.startsWith("set rlimit " + Ulimits.number(limit.name()) + ":")) {
        return "ulimit "
            + limit.name()
            + "="
            + limit.soft()
            + ":"
            + limit.hard()
            + " was refused, the limit stays as it is for this engine: raising it needs"
            + " CAP_SYS_RESOURCE";
      }
    }
    if (warning.startsWith(NO_CAPABILITIES)) {
      String hex = warning.substring(NO_CAPABILITIES.length(), warning.indexOf(':'));
      return "capabilities "
          + new CapabilitySet(Long.decode(hex)).capabilities()
          + " were not given: this engine lacks them itself";
    }
    return warning;
  }

  private static LaunchException failure(String name, StartFailure e, ProcessSpec process) {
    return new LaunchException(name, e.stage(), e.path(), e.errno(), advice(e, process));
  }

  private static String advice(StartFailure e, ProcessSpec process) {
    if (!e.stage().equals("exec")) {
      return "";
    }
    return switch (e.errno()) {
      case Errno.ENOENT ->
          process.args().get(0).contains("/")
              ? "The image has no such file, or the file's interpreter is missing"
              : "No executable of this name is in the container's PATH";
      case Errno.EACCES -> "The file is not executable, or not by this user";
      case Errno.ENOEXEC -> "The file is no program of this architecture and has no #! line";
      default -> "";
    };
  }
}
