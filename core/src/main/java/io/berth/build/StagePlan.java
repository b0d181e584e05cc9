package io.berth.build;

import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.RunMount;
import io.berth.dockerfile.ShellWords;
import io.berth.dockerfile.Stage;
import io.berth.dockerfile.Step;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Which stages there are, which of them the target needs, and what they begin with. */
final class StagePlan {
  private final List<Stage> all;
  private final Map<String, String> globalArgs;
  private final Map<String, String> buildArgs;
  private final BuildInput input;
  private final Set<String> contexts;
  private final ShellWords words;
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
      BuildInput input, BuildOptions options, Map<String, String> globalArgs, ShellWords words) {
    this.all = input.dockerfile().stages();
    this.input = input;
    this.globalArgs = globalArgs;
    this.buildArgs = options.args();
    this.contexts = options.input().contexts().keySet();
    this.words = words;
  }

  /** Takes the target stage, by default the last, and all that it needs. */
  static StagePlan of(BuildInput input, BuildOptions options) {
    char escape = input.dockerfile().escape();
    Map<String, String> known =
        platformArgs(options.platform().orElseGet(Platform::host), Platform.host());
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
    StagePlan plan = new StagePlan(input, options, known, words);
    TreeSet<Integer> needed = new TreeSet<>();
    plan.need(plan.target(options.target()), needed);
    needed.forEach(index -> plan.stages.add(plan.stage(index)));
    return plan;
  }

  /** The stage that the build is for: the last of those that it needs. */
  PlannedStage target() {
    return stages.get(stages.size() - 1);
  }

  /** Those that the target needs, as far as the Dockerfile says it, in order. */
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
    if (name.isEmpty() || contexts.contains(name)) {
      return OptionalInt.empty();
    }
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = before - 1; i >= 0; i--) {
      if (all.get(i).name().equals(Optional.of(lower)) || lower.equals(Integer.toString(i))) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  private OptionalInt named(String name) {
    // Not find: a context of that name is no stage.
    for (int i = all.size() - 1; i >= 0; i--) {
      boolean same = all.get(i).name().filter(name::equalsIgnoreCase).isPresent();
      if (same || name.equals(Integer.toString(i))) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  private int target(Optional<String> target) {
    if (target.isEmpty()) {
      return all.size() - 1;
    }
    return named(target.get())
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

  private void need(int index, TreeSet<Integer> needed) {
    if (!needed.add(index)) {
      return;
    }
    PlannedStage planned = stage(index);
    planned.base().ifPresent(i -> need(i, needed));
    for (Step step : planned.stage().steps()) {
      dependencies(step.instruction(), index).forEach(i -> need(i, needed));
    }
  }

  /** A stage, whether the target needs it or not. */
  PlannedStage stage(int index) {
    Stage stage = all.get(index);
    try {
      String image = words.expand(stage.from().image());
      // A stage's number cannot be named here, as docker has it: FROM 0 is an image.
      boolean named = !image.matches("\\d+") && !contexts.contains(image);
      OptionalInt base = named ? find(image, index) : OptionalInt.empty();
      Optional<Platform> platform = stage.from().platform().map(words::expand).map(Platform::parse);
      if (image.isEmpty()) {
        throw new InvalidInputException(
            "the base image's name is empty; set its ARG before the first FROM, or with a build"
                + " argument");
      }
      return new PlannedStage(stage, image, platform, base);
    } catch (BuildException e) {
      throw e;
    } catch (BerthException e) {
      throw input.error(stage.location(), stage.from(), e.getMessage(), e);
    }
  }

  /** The stages that an instruction of a stage takes files from. */
  List<Integer> dependencies(Instruction instruction, int index) {
    List<Integer> found = new ArrayList<>();
    if (instruction instanceof Instruction.Copy copy) {
      copy.from().ifPresent(from -> find(from, index).ifPresent(found::add));
    } else if (instruction instanceof Instruction.Run run) {
      for (RunMount mount : run.mounts()) {
        find(mount.from(input.dockerfile().escape()), index).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Map<String, String> platformArgs(Platform target, Platform build) {
    Map<String, String> args = new LinkedHashMap<>();
    for (String prefix : List.of("TARGET", "BUILD")) {
      Platform platform = prefix.equals("TARGET") ? target : build;
      args.put(prefix + "PLATFORM", platform.toString());
      args.put(prefix + "OS", platform.os());
      args.put(prefix + "ARCH", platform.architecture());
      args.put(prefix + "VARIANT", platform.variant().orElse(""));
    }
    return args;
  }
}
