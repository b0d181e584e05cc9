package io.berth.container;

import io.berth.api.LaunchException;
import io.berth.api.ProcessSpec;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.container.Launch.Supervision;
import io.berth.error.ConflictException;
import io.berth.layers.RootMount;
import io.berth.linux.FileRights;
import io.berth.network.Connection;
import io.berth.network.Connector;
import io.berth.network.Joining;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.CgroupManager;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.launch.Launcher;
import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.MonitorListener;
import io.berth.runtime.launch.StartFailure;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.SeccompCompiler;
import io.berth.runtime.security.SeccompProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns what a container was made with into a spec, and has it launched in a cgroup of its own; the
 * same for processes in containers that run.
 */
public final class Starter {
  private final Launcher launcher;
  private final Connector connector;
  private final Groups groups;
  private final SecurityPlan security;
  private final LaunchPlan plan;

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
    this.groups = new Groups(layout, cgroups);
    this.security = new SecurityPlan(compiler, profile);
    this.plan =
        new LaunchPlan(
            layout,
            users,
            access,
            security,
            Roots.in(dataDirectory),
            dataDirectory.resolve("containers"),
            journal);
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
    ContainerCgroup cgroup = groups.create(launch.id(), sandbox, limits, filter);
    try {
      Monitor monitor =
          launcher.launch(
              plan.spec(launch, connection, Optional.of(cgroup), devices)
                  .portable(portable(sandbox, kept(limits, cgroup), filter, groups.path(cgroup)))
                  .build(),
              listener);
      List<String> warnings = new ArrayList<>(connection.warnings());
      warnings.addAll(cgroup.warnings());
      warnings.addAll(LaunchReport.warnings(monitor, sandbox));
      return new Started(monitor, List.copyOf(warnings));
    } catch (StartFailure e) {
      Groups.removeWithAll(cgroup);
      throw LaunchReport.failure(launch.name(), e, launch.process());
    } catch (RuntimeException e) {
      Groups.removeWithAll(cgroup);
      throw e;
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
        groups
            .find(exec.containerId(), exec.sandbox())
            .orElseThrow(
                () -> new ConflictException("Container " + exec.containerName() + " has ended"));
    try {
      return launcher.launch(plan.spec(exec, cgroup).build(), listener);
    } catch (StartFailure e) {
      throw LaunchReport.failure(exec.containerName(), e, exec.process());
    }
  }

  Connector connector() {
    return connector;
  }

  /** The cgroup of a container that runs. */
  Optional<ContainerCgroup> cgroup(ContainerConfig config) {
    return groups.find(config.id(), config.spec().sandbox());
  }

  /** Removes what a launch leaves on the host when its monitor was killed. */
  void cleanUp(ContainerConfig config) {
    connector.cleanUp(config.id());
    cgroup(config).ifPresent(Groups::removeWithAll);
  }

  /** The same of one that nothing more is known of. */
  void cleanUp(String id) {
    connector.cleanUp(id);
    groups.find(id).ifPresent(Groups::removeWithAll);
  }

  /** A runtime fails at limits where there are no groups; of that the group warns. */
  private static Limits kept(Limits limits, ContainerCgroup cgroup) {
    return cgroup.directories().isEmpty() ? Limits.none() : limits;
  }

  private LaunchSpec.Portable portable(
      SandboxSpec sandbox, Limits limits, DeviceFilter devices, Optional<String> cgroup) {
    Rights rights = sandbox.rights();
    return new LaunchSpec.Portable(
        security.profile(rights), SecurityPlan.capabilities(rights), limits, devices, cgroup);
  }

  /**
   * The launch of a container in a form for other runtimes, without any cgroup being made.
   *
   * @param launch whose directory is the bundle
   */
  LaunchSpec describe(Launch launch) {
    SandboxSpec sandbox = launch.sandbox();
    Optional<ContainerCgroup> absent =
        groups.find(launch.id(), sandbox).filter(group -> group.directories().isEmpty());
    Limits limits = LimitPlan.of(sandbox.resources());
    boolean privileged = sandbox.rights().privileged();
    List<Devices.Node> devices =
        new ArrayList<>(privileged ? Devices.all() : Devices.resolve(sandbox.devices()));
    return plan.spec(launch, Connection.none(List.of()), absent, devices)
        .portable(
            portable(
                sandbox,
                absent.map(group -> kept(limits, group)).orElse(limits),
                Devices.filter(privileged, devices, sandbox.deviceRules()),
                Optional.empty()))
        .build();
  }
}
