package io.berth.build;

import io.berth.api.NetworkMode;
import io.berth.layers.RootMount;
import java.util.List;
import java.util.Map;

/** Runs the process of a RUN step in a root file system; the builder's view of the runtime. */
public interface StepRunner {

  /**
   * Runs and waits. Mount points that had to be made for the run are removed again.
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
   */
  record StepProcess(
      List<String> args,
      Map<String, String> env,
      String workdir,
      String user,
      NetworkMode network) {
    public StepProcess {
      args = List.copyOf(args);
      env = Map.copyOf(env);
    }
  }

  /** Hears a step's output. */
  interface Output {
    void write(boolean stderr, byte[] bytes);
  }
}
