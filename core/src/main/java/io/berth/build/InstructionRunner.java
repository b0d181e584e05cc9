package io.berth.build;

import io.berth.build.StepRunner.Surroundings;
import io.berth.dockerfile.Command;
import io.berth.dockerfile.Heredoc;
import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.MountOptions;
import io.berth.dockerfile.RunMount;
import io.berth.dockerfile.ShellWords;
import io.berth.error.InvalidInputException;
import io.berth.image.ConfigChanges;
import io.berth.image.ConfigInstructions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Carries out the instructions of one stage, after expanding their variables. */
final class InstructionRunner {
  private static final String SCRIPTS = "/dev/pipes/";

  private final StageState stage;
  private final StageSteps steps;
  private final CopyParts copies;
  private final RunMounts.Places places;
  private final StagePlan plan;
  private final RunRights rights;
  private final StepLint lint;
  private final char escape;

  InstructionRunner(
      StageState stage,
      StageSteps steps,
      CopyParts copies,
      RunMounts.Places places,
      StagePlan plan,
      RunRights rights,
      StepLint lint,
      char escape) {
    this.stage = stage;
    this.steps = steps;
    this.copies = copies;
    this.places = places;
    this.plan = plan;
    this.rights = rights;
    this.lint = lint;
    this.escape = escape;
  }

  /** Carries out one; returns whether its result was cached. */
  boolean run(Instruction instruction, StepRunner.Output output) {
    ShellWords words = words();
    if (instruction instanceof Instruction.Run run) {
      return run(run, words, output);
    }
    if (instruction instanceof Instruction.Copy copy) {
      return copies.copy(stage, copy, words, lint);
    }
    if (instruction instanceof Instruction.Add add) {
      return copies.add(stage, add, words, lint);
    }
    if (instruction instanceof Instruction.Workdir workdir) {
      return steps.workdir(words.expand(workdir.path()));
    }
    if (instruction instanceof Instruction.Arg arg) {
      return arg(arg);
    }
    if (instruction instanceof Instruction.Maintainer maintainer) {
      return steps.author(maintainer.name(), maintainer.text());
    }
    ConfigInstructions.Change change =
        ConfigInstructions.apply(stage.config(), instruction, words)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "not supported: take it out, or replace it by other instructions"));
    if (instruction instanceof Instruction.Cmd) {
      return steps.cmd(change.config().cmd(), change.createdBy());
    }
    if (instruction instanceof Instruction.Entrypoint) {
      return steps.entrypoint(change.config().entrypoint(), change.createdBy());
    }
    if (instruction instanceof Instruction.Env env) {
      env.pairs().forEach(pair -> stage.setEnv(words.expand(pair.name())));
    }
    return steps.configure(change.config(), change.createdBy());
  }

  /** Expands with what is in effect now; a variable that is not set is worth a warning. */
  private ShellWords words() {
    Map<String, String> variables = stage.variables();
    return new ShellWords(
        escape,
        name -> {
          Optional<String> value = Optional.ofNullable(variables.get(name));
          if (value.isEmpty() && !stage.declared(name)) {
            lint.undefined(name, new TreeSet<>(variables.keySet()));
          }
          return value;
        });
  }

  private boolean run(Instruction.Run run, ShellWords words, StepRunner.Output output) {
    RunMounts mounts = new RunMounts(stage, places);
    for (RunMount mount : run.mounts()) {
      mounts.add(MountOptions.of(mount, escape, words::expand));
    }
    Surroundings surroundings =
        rights.of(
            run.network().map(words::expand), run.security().map(words::expand), run.devices());
    List<String> command = command(run.command(), mounts);
    return steps.run(command, mounts, surroundings, output);
  }

  /**
   * A here-document alone is a script: for its own interpreter when it names one, else for the
   * shell. Others are left to the shell.
   */
  private List<String> command(Command command, RunMounts mounts) {
    if (!(command instanceof Command.Shell shell) || shell.heredocs().isEmpty()) {
      return ConfigInstructions.command(stage.config(), command);
    }
    Heredoc first = shell.heredocs().get(0);
    boolean alone = shell.heredocs().size() == 1 && isMarker(shell.line());
    if (!alone) {
      return ConfigChanges.shellCommand(stage.config(), shell.text());
    }
    if (first.text().startsWith("#!")) {
      mounts.addScript(SCRIPTS + first.name(), first.text());
      return ConfigChanges.shellCommand(stage.config(), SCRIPTS + first.name());
    }
    return ConfigChanges.shellCommand(stage.config(), first.text());
  }

  private static boolean isMarker(String line) {
    return line.matches("\\d*<<-?\\s*(?:\"[^\"]*\"|'[^']*'|[^\\s<\"'])+");
  }

  /** An ARG without value gets the global one; a default is used only when no value was given. */
  private boolean arg(Instruction.Arg arg) {
    boolean cached = true;
    for (Instruction.Arg.Declaration declared : arg.declarations()) {
      ShellWords words = words();
      Optional<String> value =
          declared.value().isPresent()
              ? plan.buildArg(declared.name()).or(() -> declared.value().map(words::expand))
              : plan.argValue(declared.name());
      cached &= steps.arg(declared.name(), value);
    }
    return cached;
  }
}
