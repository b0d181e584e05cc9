package io.berth.build;

import io.berth.api.NetworkMode;
import io.berth.api.Resources;
import io.berth.api.Ulimit;
import io.berth.layers.RootMount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs the processes of RUN steps, each in a container of its own with Docker's default rights. */
public interface StepRunner {

  /**
   * Runs and waits. Mount points that had to be made for the run are removed again. When the thread
   * is interrupted, the process is killed.
   *
   * @param root the writable root of the step
   * @param process what to run
   * @param output where its output goes, as it comes
   * @return the exit code
   * @throws io.berth.api.LaunchException when it could not be started
   */
  int run(RootMount root, StepProcess process, Output output);

  /**
   * @param user as in the USER instruction; empty for root
   * @param mounts in the order in which they are mounted
   */
  record StepProcess(
      List<String> args,
      Map<String, String> env,
      String workdir,
      String user,
      List<StepMount> mounts,
      Surroundings surroundings) {
    public StepProcess {
      args = List.copyOf(args);
      env = Map.copyOf(env);
      mounts = List.copyOf(mounts);
      Objects.requireNonNull(surroundings, "surroundings");
    }

    public NetworkMode network() {
      return surroundings.network();
    }
  }

  /**
   * What is around the process, and what it may use.
   *
   * @param extraHosts {@code name:address}
   * @param privileged whether it has every right, as {@code --security=insecure} gives
   * @param shmSize of /dev/shm, in bytes
   */
  record Surroundings(
      NetworkMode network,
      String hostname,
      List<String> extraHosts,
      boolean privileged,
      Optional<Long> shmSize,
      List<Ulimit> ulimits,
      Resources resources) {
    static final String HOSTNAME = "buildkitsandbox";

    public Surroundings {
      extraHosts = List.copyOf(extraHosts);
      ulimits = List.copyOf(ulimits);
    }

    /** Docker's defaults. */
    public static Surroundings defaults(NetworkMode network) {
      return new Surroundings(
          network, HOSTNAME, List.of(), false, Optional.empty(), List.of(), Resources.none());
    }

    Surroundings with(NetworkMode other, boolean everyRight) {
      return new Surroundings(other, hostname, extraHosts, everyRight, shmSize, ulimits, resources);
    }
  }

  /** What is mounted at a path of the container. */
  sealed interface StepMount {
    String target();

    /**
     * A snapshot, or a path in it.
     *
     * @param source a path in the snapshot, whose links lead nowhere else
     */
    record Tree(RootMount root, String source, String target, boolean readOnly)
        implements StepMount {}

    /** A file or directory of the host. */
    record Host(Path source, String target, boolean readOnly) implements StepMount {}

    /** An empty file system in memory. */
    record Tmpfs(String target, OptionalLong size) implements StepMount {}
  }

  /** Hears a step's output. */
  interface Output {
    void write(boolean stderr, byte[] bytes);
  }
}
