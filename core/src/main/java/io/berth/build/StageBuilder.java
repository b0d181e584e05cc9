package io.berth.build;

import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.Location;
import io.berth.dockerfile.Stage;
import io.berth.dockerfile.Step;
import io.berth.error.BerthException;
import io.berth.image.BaseImages;
import io.berth.image.ConfigInstructions;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.oci.Platform;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Builds the stages of a plan, one after another. */
final class StageBuilder {
  private final BuildInput input;
  private final StagePlan plan;
  private final Steps steps;
  private final ImageStore store;
  private final BaseImages bases;
  private final LazyContext context;
  private final StepProgress progress;
  private final Map<Integer, StageState> done = new HashMap<>();

  StageBuilder(
      BuildInput input,
      StagePlan plan,
      Steps steps,
      ImageStore store,
      BaseImages bases,
      LazyContext context,
      StepProgress progress) {
    this.input = input;
    this.plan = plan;
    this.steps = steps;
    this.store = store;
    this.bases = bases;
    this.context = context;
    this.progress = progress;
  }

  /** The last stage, built. */
  StageState build() {
    StageState last = null;
    for (StagePlan.PlannedStage stage : plan.stages()) {
      last = build(stage);
      done.put(stage.index(), last);
    }
    return last;
  }

  private StageState build(StagePlan.PlannedStage planned) {
    Stage stage = planned.stage();
    progress.begin(stage.from().text());
    StageState state = located(stage.location(), stage.from(), () -> begin(planned));
    InstructionRunner runner = runner(planned, state);
    for (String trigger : state.takeTriggers()) {
      Instruction instruction = ConfigInstructions.parse(trigger);
      located(stage.location(), instruction, () -> runner.run(instruction));
    }
    progress.end(true);
    for (Step step : stage.steps()) {
      progress.begin(step.instruction().text());
      progress.end(
          located(step.location(), step.instruction(), () -> runner.run(step.instruction())));
    }
    return state;
  }

  private InstructionRunner runner(StagePlan.PlannedStage planned, StageState state) {
    InstructionRunner.Sources sources =
        new InstructionRunner.Sources() {
          @Override
          public BuildContext context() {
            return context.get();
          }

          @Override
          public Optional<String> snapshot(String name) {
            OptionalInt stage = plan.find(name, planned.index());
            return stage.isPresent()
                ? done.get(stage.getAsInt()).snapshot()
                : image(name, Optional.empty()).topSnapshot();
          }
        };
    return new InstructionRunner(
        state,
        new StageSteps(state, steps),
        new CopySteps(steps, store.snapshotter()),
        sources,
        plan,
        input.dockerfile().escape(),
        progress::output);
  }

  /** Gives an error its place in the Dockerfile. */
  private <T> T located(Optional<Location> location, Instruction instruction, Supplier<T> work) {
    try {
      return work.get();
    } catch (BuildException e) {
      throw e;
    } catch (Steps.ExitException e) {
      throw input.error(
          location,
          instruction,
          "the command failed with exit code "
              + e.code()
              + "; its output says why. The steps before it are cached: correct it and build again",
          e);
    } catch (BerthException e) {
      throw input.error(location, instruction, e.getMessage(), e);
    }
  }

  private StageState begin(StagePlan.PlannedStage stage) {
    if (stage.base().isPresent()) {
      return StageState.of(done.get(stage.base().getAsInt()));
    }
    if (stage.image().equals("scratch")) {
      return StageState.scratch(stage.platform().orElseGet(Platform::host));
    }
    return StageState.of(image(stage.image(), stage.platform()));
  }

  private StoredImage image(String name, Optional<Platform> platform) {
    return bases.get(name, platform, false, progress::pulling);
  }
}
