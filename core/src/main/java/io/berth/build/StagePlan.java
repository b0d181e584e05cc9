package io.berth.build;

import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.ShellWords;
import io.berth.dockerfile.Stage;
import io.berth.dockerfile.Step;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/** Which stages are built, and what they begin with. */
final class StagePlan {
  private final List<Stage> all;
  private final Map<String, String> globalArgs;
  private final Map<String, String> buildArgs;
  private final List<PlannedStage> stages = new ArrayList<>();

  /**
   * @param image what it begins with, variables expanded
   * @param base the earlier stage that it begins with, when it is one
   */
  record PlannedStage(Stage stage, String image, Optional<Platform> platform, OptionalInt base) {
    int index() {
      return stage.index();
    }
  }

  private StagePlan(
      List<Stage> all, Map<String, String> globalArgs, Map<String, String> buildArgs) {
    this.all = all;
    this.globalArgs = globalArgs;
    this.buildArgs = buildArgs;
  }

  /** Takes the target stage, by default the last, and all that it needs. */
  static StagePlan of(BuildInput input, BuildOptions options) {
    char escape = input.dockerfile().escape();
    Map<String, String> known = platformArgs(Platform.host());
    Map<String, String> declared = new LinkedHashMap<>();
    ShellWords words =
        new ShellWords(
            escape,
            name ->
                Optional.ofNullable(declared.get(name))
                    .or(() -> Optional.ofNullable(known.get(name))));
    for (Step step : input.dockerfile().globalArgs()) {
      for (Instruction.Arg.Declaration arg :
          ((Instruction.Arg) step.instruction()).declarations()) {
        Optional.ofNullable(options.args().get(arg.name()))
            .or(() -> arg.value().map(words::expand))
            .ifPresent(value -> declared.put(arg.name(), value));
      }
    }
    known.putAll(declared);
    StagePlan plan = new StagePlan(input.dockerfile().stages(), known, options.args());
    TreeSet<Integer> needed = new TreeSet<>();
    Map<Integer, PlannedStage> planned = new LinkedHashMap<>();
    plan.need(plan.target(options.target()), input, words, needed, planned);
    needed.forEach(index -> plan.stages.add(planned.get(index)));
    return plan;
  }

  List<PlannedStage> stages() {
    return stages;
  }

  /** How many instructions are carried out. */
  int steps() {
    return stages.stream().mapToInt(stage -> 1 + stage.stage().steps().size()).sum();
  }

  /** The value that an ARG without default has in a stage. */
  Optional<String> argValue(String name) {
    return Optional.ofNullable(buildArgs.get(name))
        .or(() -> Optional.ofNullable(globalArgs.get(name)));
  }

  /** The value that was given for the build. */
  Optional<String> buildArg(String name) {
    return Optional.ofNullable(buildArgs.get(name));
  }

  /** The stage of a name or number, among those before a stage. */
  OptionalInt find(String name, int before) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = before - 1; i >= 0; i--) {
      if (all.get(i).name().equals(Optional.of(lower)) || lower.equals(Integer.toString(i))) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  private int target(Optional<String> target) {
    if (target.isEmpty()) {
      return all.size() - 1;
    }
    return find(target.get(), all.size())
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such stage: "
                        + target.get()
                        + "; the Dockerfile has "
                        + all.stream()
                            .map(s -> s.name().orElse(Integer.toString(s.index())))
                            .toList()));
  }

  private void need(
      int index,
      BuildInput input,
      ShellWords words,
      TreeSet<Integer> needed,
      Map<Integer, PlannedStage> planned) {
    if (!needed.add(index)) {
      return;
    }
    Stage stage = all.get(index);
    try {
      String image = words.expand(stage.from().image());
      // A stage's number cannot be named here, as docker has it: FROM 0 is an image.
      OptionalInt base = image.matches("\\d+") ? OptionalInt.empty() : find(image, index);
      Optional<Platform> platform = stage.from().platform().map(words::expand).map(Platform::parse);
      planned.put(index, new PlannedStage(stage, image, platform, base));
      base.ifPresent(i -> need(i, input, words, needed, planned));
    } catch (BuildException e) {
      throw e;
    } catch (BerthException e) {
      throw input.error(stage.location(), stage.from(), e.getMessage(), e);
    }
    for (Step step : stage.steps()) {
      if (step.instruction() instanceof Instruction.Copy copy && copy.from().isPresent()) {
        find(copy.from().get(), index).ifPresent(i -> need(i, input, words, needed, planned));
      }
    }
  }

  private static Map<String, String> platformArgs(Platform platform) {
    Map<String, String> args = new LinkedHashMap<>();
    for (String prefix : List.of("TARGET", "BUILD")) {
      args.put(prefix + "PLATFORM", platform.toString());
      args.put(prefix + "OS", platform.os());
      args.put(prefix + "ARCH", platform.architecture());
      args.put(prefix + "VARIANT", platform.variant().orElse(""));
    }
    return args;
  }
}
