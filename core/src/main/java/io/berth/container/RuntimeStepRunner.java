package io.berth.container;

import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.NetworkingSpec;
import io.berth.api.ProcessSpec;
import io.berth.api.Rights;
import io.berth.api.SandboxSpec;
import io.berth.build.StepRunner;
import io.berth.error.BerthException;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.linux.FileStatus;
import io.berth.linux.Metadata;
import io.berth.linux.RootDir;
import io.berth.runtime.launch.Exit;
import io.berth.runtime.launch.Monitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a RUN step as a container that has no log and dies with this engine. */
public final class RuntimeStepRunner implements StepRunner {
  private static final Duration LOOK_UP = Duration.ofMillis(200);
  private static final int SIGKILL = 9;
  private static final Rights PRIVILEGED =
      new Rights(
          true, List.of(), List.of(), false, Optional.empty(), List.of(), Optional.empty(), false);

  private final ContainerFiles files;
  private final Starter starter;
  private final Ids ids = new Ids();

  public RuntimeStepRunner(Path dataDirectory, Starter starter) {
    this.files = new ContainerFiles(dataDirectory);
    this.starter = starter;
  }

  @Override
  public int run(RootMount root, StepProcess process, Output output) {
    String id = ids.next();
    Path directory = files.beginStep(id);
    try {
      Starter.Started started =
          starter.start(launch(id, directory, root.once(), process), output::write);
      List<String> stubs;
      Optional<Exit> exit;
      try (Monitor monitor = started.monitor()) {
        stubs = monitor.stubs();
        exit = await(monitor);
        monitor.awaitEnd();
      }
      removeStubs(root, stubs);
      return exit.map(Exit::code)
          .orElseThrow(
              () ->
                  new BerthException(
                      "The monitor of a build step was killed, and the step with it. Build again:"
                          + " the steps before it are in the cache"));
    } finally {
      ContainerFiles.delete(directory);
    }
  }

  /** Waits; kills the step when this thread is interrupted. */
  private static Optional<Exit> await(Monitor monitor) {
    while (!monitor.awaitExit(LOOK_UP)) {
      if (Thread.currentThread().isInterrupted()) {
        monitor.signal(SIGKILL);
        monitor.awaitEnd();
        throw new BerthException("The build was stopped while this step ran");
      }
    }
    return monitor.exit();
  }

  private static Launch launch(String id, Path directory, RootMount root, StepProcess process) {
    List<String> env =
        process.env().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    return new Launch(
        id,
        "of a build step",
        directory,
        new ProcessSpec(process.args(), env, process.workdir(), process.user()),
        sandbox(process.surroundings()),
        root,
        Map.of(),
        new Launch.Reached(networking(process.network()), List.of(), Optional.empty()),
        Launch.Supervision.none(true, true),
        List.of(),
        process.mounts());
  }

  private static SandboxSpec sandbox(Surroundings around) {
    SandboxSpec defaults = SandboxSpec.defaults(around.hostname(), around.network());
    return new SandboxSpec(
        defaults.hostname(),
        defaults.domainname(),
        defaults.network(),
        defaults.pid(),
        defaults.ipc(),
        defaults.uts(),
        defaults.cgroup(),
        around.extraHosts(),
        defaults.dns(),
        defaults.dnsSearch(),
        defaults.dnsOptions(),
        defaults.mounts(),
        defaults.tmpfs(),
        around.shmSize(),
        defaults.readOnlyRoot(),
        defaults.devices(),
        defaults.deviceRules(),
        around.privileged() ? PRIVILEGED : defaults.rights(),
        around.resources(),
        around.ulimits(),
        defaults.sysctls(),
        defaults.oomScoreAdjust(),
        defaults.cgroupParent());
  }

  private static NetworkingSpec networking(NetworkMode mode) {
    return new NetworkingSpec(
        mode.network().map(NetworkAttachment::to).stream().toList(), List.of(), false);
  }

  /**
   * Removes the mount points that only the launch needed, so that they do not become part of the
   * image; what the step itself put there stays. Their directories get their times back.
   */
  private static void removeStubs(RootMount root, List<String> stubs) {
    if (stubs.isEmpty()) {
      return;
    }
    try (RootDir view = SnapshotViews.openAgain(root)) {
      for (int i = stubs.size(); i-- > 0; ) {
        String path = stubs.get(i);
        Optional<FileStatus> stub = view.statNoFollow(path);
        if (stub.isEmpty() || !isEmpty(view, path, stub.get())) {
          continue;
        }
        String parent = path.substring(0, Math.max(1, path.lastIndexOf('/')));
        Optional<FileStatus> before = view.stat(parent);
        view.remove(path);
        before.ifPresent(b -> view.setMetadata(parent, Metadata.of(b)));
      }
    }
  }

  private static boolean isEmpty(RootDir view, String path, FileStatus status) {
    return status.isDirectory()
        ? view.list(path).isEmpty()
        : status.isRegular() && status.size() == 0;
  }
}
