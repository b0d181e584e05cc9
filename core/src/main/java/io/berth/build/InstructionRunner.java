package io.berth.build;

import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.ShellWords;
import io.berth.error.InvalidInputException;
import io.berth.image.ConfigChanges;
import io.berth.image.ConfigInstructions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Carries out the instructions of one stage, after expanding their variables. */
final class InstructionRunner {
  private static final Pattern URL = Pattern.compile("(?i)(https?|ftp|git|ssh)://.*|git@.*");

  private final StageState stage;
  private final StageSteps steps;
  private final CopySteps copies;
  private final Sources sources;
  private final StagePlan plan;
  private final char escape;
  private final StepRunner.Output output;

  /** Where COPY finds files. */
  interface Sources {
    BuildContext context();

    /** The topmost snapshot of an earlier stage or an image; empty when it has no files. */
    Optional<String> snapshot(String stageOrImage);
  }

  InstructionRunner(
      StageState stage,
      StageSteps steps,
      CopySteps copies,
      Sources sources,
      StagePlan plan,
      char escape,
      StepRunner.Output output) {
    this.stage = stage;
    this.steps = steps;
    this.copies = copies;
    this.sources = sources;
    this.plan = plan;
    this.escape = escape;
    this.output = output;
  }

  /** Carries out one; returns whether its result was cached. */
  boolean run(Instruction instruction) {
    Map<String, String> variables = stage.variables();
    ShellWords words = new ShellWords(escape, name -> Optional.ofNullable(variables.get(name)));
    if (instruction instanceof Instruction.Run run) {
      List<String> command = ConfigInstructions.command(stage.config(), run.command());
      return steps.run(command, "", output);
    }
    if (instruction instanceof Instruction.Copy copy) {
      CopyRequest request =
          request("COPY", copy.sources(), copy.destination(), copy.chown(), copy.chmod(), words);
      return copy.from().isPresent()
          ? copyFrom(request, words.expand(copy.from().get()), copy.text())
          : copies.fromContext(stage, request, sources.context(), copy.text());
    }
    if (instruction instanceof Instruction.Add add) {
      CopyRequest request =
          request("ADD", add.sources(), add.destination(), add.chown(), add.chmod(), words);
      request.sources().forEach(InstructionRunner::checkLocal);
      return copies.fromContext(stage, request, sources.context(), add.text());
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
    return steps.configure(change.config(), change.createdBy());
  }

  private boolean copyFrom(CopyRequest request, String from, String text) {
    String snapshot =
        sources
            .snapshot(from)
            .orElseThrow(
                () -> new InvalidInputException("there are no files in " + from + " to copy"));
    return copies.fromSnapshot(stage, request, snapshot, from, text);
  }

  /** An ARG without value gets the global one; a default is used only when no value was given. */
  private boolean arg(Instruction.Arg arg) {
    boolean cached = true;
    for (Instruction.Arg.Declaration declared : arg.declarations()) {
      Map<String, String> variables = stage.variables();
      ShellWords words = new ShellWords(escape, name -> Optional.ofNullable(variables.get(name)));
      Optional<String> value =
          declared.value().isPresent()
              ? plan.buildArg(declared.name()).or(() -> declared.value().map(words::expand))
              : plan.argValue(declared.name());
      cached &= steps.arg(declared.name(), value);
    }
    return cached;
  }

  private CopyRequest request(
      String keyword,
      List<String> sourceWords,
      String destinationWord,
      Optional<String> chown,
      Optional<String> chmod,
      ShellWords words) {
    String destination = words.expand(destinationWord);
    String path = ConfigChanges.absolute(stage.config(), destination);
    boolean directory =
        destination.endsWith("/") || destination.equals(".") || destination.endsWith("/.");
    return new CopyRequest(
        keyword,
        sourceWords.stream().map(words::expand).toList(),
        directory && !path.endsWith("/") ? path + "/" : path,
        chown.map(words::expand),
        chmod.map(words::expand).map(InstructionRunner::mode).orElse(OptionalInt.empty()),
        keyword.equals("ADD"));
  }

  private static OptionalInt mode(String text) {
    if (!text.matches("[0-7]{1,5}") || Integer.parseInt(text, 8) > 07777) {
      throw new InvalidInputException("--chmod=" + text + ": expected an octal mode such as 755");
    }
    return OptionalInt.of(Integer.parseInt(text, 8));
  }

  private static void checkLocal(String source) {
    if (URL.matcher(source).matches()) {
      throw new InvalidInputException(
          "ADD of a URL is not supported yet; download "
              + source
              + " in a RUN step, or into the context before the build");
    }
  }
}
