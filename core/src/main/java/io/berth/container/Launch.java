package io.berth.container;

import io.berth.api.LogOptions;
import io.berth.api.NetworkingSpec;
import io.berth.api.ProcessSpec;
import io.berth.api.RestartPolicy;
import io.berth.api.SandboxSpec;
import io.berth.build.StepRunner.StepMount;
import io.berth.layers.RootMount;
import io.berth.oci.Healthcheck;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container to be launched.
 *
 * @param id also the cgroup's name
 * @param directory the container's; with an empty directory {@code root} in it
 * @param joined the namespaces that it shares, by their files
 * @param supervision what its monitor does for it
 * @param points its volumes, binds and image mounts
 * @param mounts of a build step, after all others
 */
record Launch(
    String id,
    String name,
    Path directory,
    ProcessSpec process,
    SandboxSpec sandbox,
    RootMount root,
    Map<Namespace, Path> joined,
    Reached reached,
    Supervision supervision,
    List<PlacedMount> points,
    List<StepMount> mounts) {
  Launch {
    points = List.copyOf(points);
    joined = Map.copyOf(joined);
    mounts = List.copyOf(mounts);
  }

  Launch(
      String id,
      String name,
      Path directory,
      ProcessSpec process,
      SandboxSpec sandbox,
      RootMount root,
      Map<Namespace, Path> joined,
      Reached reached,
      Supervision supervision,
      List<PlacedMount> points) {
    this(
        id,
        name,
        directory,
        process,
        sandbox,
        root,
        joined,
        reached,
        supervision,
        points,
        List.of());
  }

  /**
   * How it is reached.
   *
   * @param exposed ports, such as {@code 80/tcp}
   * @param likeIn the directory of the container whose network it shares
   */
  record Reached(NetworkingSpec networking, List<String> exposed, Optional<Path> likeIn) {
    Reached {
      exposed = List.copyOf(exposed);
    }
  }

  /**
   * What a monitor does for a process.
   *
   * @param attach whether its output is wanted by the engine that starts it
   * @param owned whether it dies with that engine
   * @param init whether a small init is its process 1
   * @param logAttributes what each line of the log has besides
   * @param actor of the events it is in, as {@link io.berth.runtime.launch.LaunchSpec} takes it
   */
  record Supervision(
      boolean attach,
      boolean owned,
      boolean init,
      LogOptions log,
      Map<String, String> logAttributes,
      RestartPolicy restart,
      Optional<Healthcheck> health,
      Optional<String> actor) {

    /** Of a process without log, events or restarts. */
    static Supervision none(boolean attach, boolean owned) {
      return new Supervision(
          attach,
          owned,
          false,
          LogOptions.NONE,
          Map.of(),
          RestartPolicy.NO,
          Optional.empty(),
          Optional.empty());
    }
  }
}
