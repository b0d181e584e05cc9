package io.berth.container;

import io.berth.api.ProcessSpec;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.api.Ulimit;
import io.berth.container.Launch.Supervision;
import io.berth.container.Selinux.Labels;
import io.berth.container.Starter.ExecLaunch;
import io.berth.error.InvalidInputException;
import io.berth.json.JsonWriter;
import io.berth.linux.FileRights;
import io.berth.network.Connection;
import io.berth.oci.Healthcheck;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.launch.LaunchSpec.Flag;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import io.berth.runtime.launch.LaunchSpecBuilder;
import io.berth.runtime.user.ResolvedUser;
import java.nio.charset.StandardCharsets;
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

/** Turns what a container, or a process in one, was made with into a spec for the launcher. */
final class LaunchPlan {
  private static final int UMASK = 022;
  private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(30);
  private static final Duration HEALTH_START_INTERVAL = Duration.ofSeconds(5);
  private static final int HEALTH_RETRIES = 3;

  private final CgroupLayout layout;
  private final Users users;
  private final FileRights access;
  private final SecurityPlan security;
  private final Roots roots;
  private final Path containers;
  private final Path journal;

  LaunchPlan(
      CgroupLayout layout,
      Users users,
      FileRights access,
      SecurityPlan security,
      Roots roots,
      Path containers,
      Path journal) {
    this.layout = layout;
    this.users = users;
    this.access = access;
    this.security = security;
    this.roots = roots;
    this.containers = containers;
    this.journal = journal;
  }

  /** A process in a container that runs. */
  LaunchSpecBuilder spec(ExecLaunch exec, ContainerCgroup cgroup) {
    LaunchSpecBuilder spec = LaunchSpec.builder(exec.id(), exec.directory());
    spec.exec((int) exec.init()).namespaces(List.of());
    spec.flags(flags(exec.process(), exec.sandbox(), exec.rights(), exec.supervision()));
    cgroup.joinFiles().forEach(spec::joinCgroup);
    cgroup.unified().ifPresent(spec::bornInCgroup);
    addProcess(
        spec,
        exec.process(),
        users.resolveRunning(exec.root(), exec.sandbox(), exec.init(), exec.process()),
        List.of());
    security.add(spec, exec.containerId(), exec.rights());
    addLimits(spec, exec.sandbox());
    exec.supervision().actor().ifPresent(actor -> addEvents(spec, actor, exec.process().args()));
    return spec;
  }

  /**
   * A container.
   *
   * @param cgroup none when another program is to make it
   */
  LaunchSpecBuilder spec(
      Launch launch,
      Connection connection,
      Optional<ContainerCgroup> cgroup,
      List<Devices.Node> devices) {
    SandboxSpec sandbox = launch.sandbox();
    Supervision supervision = launch.supervision();
    LaunchSpecBuilder spec = LaunchSpec.builder(launch.id(), launch.directory());
    SandboxPlan surroundings = new SandboxPlan(spec, sandbox);
    Map<Namespace, Path> joined = new EnumMap<>(Namespace.class);
    joined.putAll(launch.joined());
    connection.namespace().ifPresent(file -> joined.put(Namespace.NETWORK, file));
    surroundings.namespaces(joined);
    Set<Flag> flags = flags(launch.process(), sandbox, sandbox.rights(), supervision);
    put(flags, Flag.LOOPBACK, !sandbox.network().isHost());
    put(flags, Flag.READ_ONLY_ROOT, sandbox.readOnlyRoot());
    put(flags, Flag.INIT, supervision.init());
    spec.flags(flags);
    cgroup.ifPresent(group -> addCgroup(spec, group));
    Optional<Labels> labels = security.labels(launch.id(), sandbox.rights());
    Optional<String> label = labels.map(Labels::mountOption);
    roots.add(spec, launch.root(), launch.directory().resolve("root"), label);
    EtcPlan.write(launch.directory(), sandbox, connection.reach(), launch.reached().likeIn());
    labels.ifPresent(l -> Selinux.relabel(launch.directory(), launch.points(), l));
    surroundings.mounts(
        layout, cgroup, devices, launch.directory(), launch.points(), roots, access, label);
    StepMounts.add(spec, launch, roots, access);
    surroundings.names();
    addProcess(
        spec,
        launch.process(),
        users.resolve(launch.root(), launch.process()),
        LinkVariables.of(launch.name(), connection.reach().linked(), containers));
    security.add(spec, launch.id(), sandbox.rights());
    addLimits(spec, sandbox);
    if (supervision.log().keep()) {
      spec.log(
          supervision.log().maxSize(),
          supervision.log().maxFiles(),
          supervision.log().compress(),
          attributes(supervision.logAttributes()));
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

  private static void addCgroup(LaunchSpecBuilder spec, ContainerCgroup cgroup) {
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
      LaunchSpecBuilder spec, ProcessSpec process, ResolvedUser user, List<String> more) {
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

  private void addEvents(LaunchSpecBuilder spec, String actor, List<String> command) {
    String what = Actors.escape(": " + String.join(" ", command));
    spec.events(journal, actor).action("exec_create" + what).action("exec_start" + what);
  }

  private static void addLimits(LaunchSpecBuilder spec, SandboxSpec sandbox) {
    for (Ulimit limit : sandbox.ulimits()) {
      spec.rlimit(Ulimits.number(limit.name()), limit.soft(), limit.hard());
    }
    sandbox.oomScoreAdjust().ifPresent(spec::oomScoreAdjust);
  }

  /** A member of a JSON object, on one line, and its comma. */
  private static String attributes(Map<String, String> attributes) {
    if (attributes.isEmpty()) {
      return "";
    }
    byte[] json = new JsonWriter().strings("attrs", attributes).toBytes();
    String text = new String(json, StandardCharsets.UTF_8).replace("\n", "").strip();
    return text.substring(1, text.length() - 1).strip() + ",";
  }

  private static void addHealth(LaunchSpecBuilder spec, Healthcheck check) {
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
}
