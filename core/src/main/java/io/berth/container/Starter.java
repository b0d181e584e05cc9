package io.berth.container;

import io.berth.api.LaunchException;
import io.berth.api.NetworkMode;
import io.berth.container.SandboxConfig.Ulimit;
import io.berth.error.Errno;
import io.berth.error.StorageException;
import io.berth.layers.RootMount;
import io.berth.net.EtcFiles;
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
import io.berth.runtime.security.BpfProgram;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.KernelPaths;
import io.berth.runtime.security.SeccompCompiler;
import io.berth.runtime.security.SeccompProfile;
import io.berth.runtime.user.ResolvedUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Turns what a container was made with into a spec, and has it launched in a cgroup of its own. */
public final class Starter {
  private static final long MAX_LOG_BYTES = 0;
  private static final int UMASK = 022;

  private final Launcher launcher;
  private final CgroupLayout layout;
  private final CgroupManager cgroups;
  private final Users users;
  private final SeccompCompiler compiler;
  private final SeccompProfile profile;
  private final Roots roots;

  /**
   * @param dataDirectory the engine's; snapshots are in {@code snapshots} below it
   */
  public Starter(
      Launcher launcher,
      CgroupLayout layout,
      CgroupManager cgroups,
      Users users,
      SeccompCompiler compiler,
      SeccompProfile profile,
      Path dataDirectory) {
    this.launcher = launcher;
    this.layout = layout;
    this.cgroups = cgroups;
    this.users = users;
    this.compiler = compiler;
    this.profile = profile;
    this.roots = new Roots(dataDirectory.resolve("snapshots"), StubLayer.in(dataDirectory));
  }

  /** Compiles the filter of a container with Docker's default rights, in a thread of its own. */
  public void warmUp() {
    Thread thread =
        new Thread(() -> compiler.compile(profile, CapabilitySet.dockerDefault()), "berth-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * @param id also the cgroup's name
   * @param directory the container's; with an empty directory {@code root} in it
   * @param stdin whether it has standard input
   * @param attach whether its output is wanted here
   * @param owned whether it dies with this engine
   * @param log whether its output is kept in a log
   */
  record Request(
      String id,
      String name,
      Path directory,
      ProcessConfig process,
      SandboxConfig sandbox,
      RootMount root,
      boolean stdin,
      boolean attach,
      boolean owned,
      boolean log) {}

  record Started(Monitor monitor, List<String> warnings) {}

  /**
   * @throws LaunchException when a step of the launch failed; nothing is left behind
   */
  Started start(Request request, MonitorListener listener) {
    ContainerCgroup cgroup =
        cgroups.create(request.id(), limits(request.sandbox()), DeviceFilter.dockerDefault());
    try {
      Monitor monitor = launcher.launch(spec(request, cgroup), listener);
      return new Started(monitor, warnings(monitor, request.sandbox()));
    } catch (StartFailure e) {
      cgroup.remove();
      throw new LaunchException(
          request.name(), e.stage(), e.path(), e.errno(), advice(e, request.process()));
    } catch (RuntimeException e) {
      cgroup.remove();
      throw e;
    }
  }

  /** Removes what a launch leaves on the host when its monitor was killed. */
  void cleanUp(String id) {
    cgroups.find(id).ifPresent(ContainerCgroup::remove);
  }

  private static Limits limits(SandboxConfig sandbox) {
    Limits.Builder limits = Limits.builder();
    sandbox.memory().ifPresent(limits::memory);
    sandbox.cpus().ifPresent(c -> limits.cpus(Double.parseDouble(c)));
    sandbox.pids().ifPresent(limits::pids);
    return limits.build();
  }

  private LaunchSpec spec(Request request, ContainerCgroup cgroup) {
    SandboxConfig sandbox = request.sandbox();
    LaunchSpec.Builder spec = LaunchSpec.builder(request.id(), request.directory());
    boolean hostNetwork = sandbox.network() == NetworkMode.HOST;
    Set<Namespace> namespaces = EnumSet.allOf(Namespace.class);
    if (hostNetwork) {
      namespaces.remove(Namespace.NETWORK);
    }
    spec.namespaces(namespaces).flags(flags(request, hostNetwork));
    addCgroup(spec, cgroup);
    roots.add(spec, request.root(), request.directory().resolve("root"));
    writeEtc(request.directory(), sandbox, hostNetwork);
    MountPlan mounts = new MountPlan(spec);
    mounts.base();
    mounts.cgroups(layout, cgroup);
    mounts.etc(request.directory());
    sandbox.binds().forEach(b -> mounts.bind(Path.of(b.source()), b.target(), b.readOnly()));
    sandbox.sysctls().forEach((name, value) -> spec.sysctl(Sysctls.file(name), value));
    KernelPaths.READ_ONLY.forEach(spec::readOnly);
    KernelPaths.MASKED.forEach(spec::mask);
    for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
      spec.mask(KernelPaths.MASKED_PER_CPU.formatted(cpu));
    }
    spec.hostname(sandbox.hostname());
    addProcess(spec, request);
    addRights(spec, sandbox);
    for (Ulimit limit : sandbox.ulimits()) {
      spec.rlimit(Ulimits.number(limit.name()), limit.soft(), limit.hard());
    }
    if (request.log()) {
      spec.log(MAX_LOG_BYTES, 1);
    }
    return spec.build();
  }

  private static Set<Flag> flags(Request request, boolean hostNetwork) {
    Set<Flag> flags = EnumSet.noneOf(Flag.class);
    put(flags, Flag.NO_NEW_PRIVS, request.sandbox().noNewPrivileges());
    put(flags, Flag.READ_ONLY_ROOT, request.sandbox().readOnlyRoot());
    put(flags, Flag.LOOPBACK, !hostNetwork);
    put(flags, Flag.STDIN, request.stdin());
    put(flags, Flag.ATTACH, request.attach());
    put(flags, Flag.OWNED, request.owned());
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

  private static void writeEtc(Path directory, SandboxConfig sandbox, boolean hostNetwork) {
    try {
      String resolv = hostFile("resolv.conf");
      EtcFiles files =
          hostNetwork
              ? EtcFiles.ofHost(sandbox.hostname(), hostFile("hosts"), List.of(), resolv)
              : EtcFiles.isolated(sandbox.hostname(), List.of(), List.of(), resolv);
      Files.writeString(directory.resolve("hosts"), files.hosts());
      Files.writeString(directory.resolve("hostname"), files.hostname());
      Files.writeString(directory.resolve("resolv.conf"), files.resolvConf());
    } catch (IOException e) {
      throw new StorageException("Cannot write the files for /etc in " + directory + ": " + e, e);
    }
  }

  private static String hostFile(String name) throws IOException {
    Path file = Path.of("/etc", name);
    return Files.exists(file) ? Files.readString(file) : "";
  }

  private void addProcess(LaunchSpec.Builder spec, Request request) {
    ProcessConfig process = request.process();
    ResolvedUser user = users.resolve(request.root(), process.user());
    List<String> env = new ArrayList<>(process.env());
    if (env.stream().noneMatch(e -> e.startsWith("HOME="))) {
      env.add("HOME=" + user.home());
    }
    spec.args(process.args()).env(env).workdir(process.workdir());
    spec.user(user.uid(), user.gid(), UMASK);
    user.groups().forEach(spec::group);
  }

  private void addRights(LaunchSpec.Builder spec, SandboxConfig sandbox) {
    CapabilitySet caps = CapabilitySet.dockerDefault().tweak(sandbox.capAdd(), sandbox.capDrop());
    // Inheritable and ambient stay empty, as in Docker since CVE-2022-24769.
    spec.capabilities(caps.mask(), caps.mask(), caps.mask(), 0, 0);
    if (sandbox.seccomp()) {
      BpfProgram program = compiler.compile(profile, caps);
      spec.seccomp(program.flags(), program.toBytes());
    }
  }

  private static List<String> warnings(Monitor monitor, SandboxConfig sandbox) {
    return monitor.warnings().stream().map(w -> explain(w, sandbox)).toList();
  }

  private static String explain(String warning, SandboxConfig sandbox) {
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
    return warning;
  }

  private static String advice(StartFailure e, ProcessConfig process) {
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
