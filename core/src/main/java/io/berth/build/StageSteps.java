package io.berth.build;

import io.berth.image.ConfigChanges;
import io.berth.oci.RunConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What each instruction does to a stage, its variables expanded. Every method returns whether the
 * step was cached. The history has the texts that BuildKit writes.
 */
final class StageSteps {
  private final StageState stage;
  private final Steps steps;

  StageSteps(StageState stage, Steps steps) {
    this.stage = stage;
    this.steps = steps;
  }

  /** Any instruction that changes the configuration alone. */
  boolean configure(RunConfig next, String createdBy) {
    return steps.configure(stage, next, createdBy);
  }

  /** CMD; an empty command takes an inherited one away. */
  boolean cmd(List<String> command, String createdBy) {
    stage.markCommandSet();
    return configure(stage.config().toBuilder().cmd(command).build(), createdBy);
  }

  /** ENTRYPOINT; an inherited CMD was meant for another entry point, and goes. */
  boolean entrypoint(List<String> command, String createdBy) {
    RunConfig.Builder next = stage.config().toBuilder().entrypoint(command);
    if (!stage.commandSet()) {
      next.cmd(List.of());
    }
    return configure(next.build(), createdBy);
  }

  boolean workdir(String path) {
    RunConfig next = ConfigChanges.workdir(stage.config(), path);
    String absolute = ConfigChanges.absolute(next, ".");
    return steps.workdir(stage, next, absolute, "WORKDIR " + absolute);
  }

  boolean author(String name, String createdBy) {
    stage.setAuthor(name);
    return configure(stage.config(), createdBy);
  }

  /** ARG: in effect from here on; recorded, but in no configuration. */
  boolean arg(String name, Optional<String> value) {
    stage.setArg(name, value);
    return configure(stage.config(), "ARG " + name + value.map(v -> "=" + v).orElse(""));
  }

  boolean run(
      List<String> command,
      RunMounts mounts,
      StepRunner.Surroundings surroundings,
      StepRunner.Output output) {
    Map<String, String> args = new TreeMap<>(stage.args());
    String prefix =
        args.isEmpty()
            ? ""
            : "|"
                + args.size()
                + " "
                + args.entrySet().stream()
                    .map(arg -> arg.getKey() + "=" + arg.getValue())
                    .collect(Collectors.joining(" "))
                + " ";
    String createdBy = "RUN " + prefix + String.join(" ", command);
    return steps.run(stage, command, mounts, surroundings, createdBy, output);
  }
}
