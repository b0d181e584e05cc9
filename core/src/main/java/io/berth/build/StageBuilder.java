package io.berth.build;

import io.berth.api.ContextSource;
import io.berth.build.StagePlan.PlannedStage;
import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.Location;
import io.berth.dockerfile.Stage;
import io.berth.dockerfile.Step;
import io.berth.error.BerthException;
import io.berth.image.ConfigInstructions;
import io.berth.image.StoredImage;
import io.berth.layers.SnapshotViews;
import io.berth.linux.RootDir;
import io.berth.oci.Platform;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Builds the stages of a plan, side by side. */
final class StageBuilder implements AutoCloseable {
  private final BuildWork work;
  private final StagePlan plan;
  private final NamedContexts contexts;
  private final StepProgress progress;
  private final StageGraph graph;

  StageBuilder(BuildWork work, StagePlan plan, NamedContexts contexts, StepProgress progress) {
    this.work = work;
    this.plan = plan;
    this.contexts = contexts;
    this.progress = progress;
    this.graph = new StageGraph(index -> build(plan.stage(index)));
  }

  /** The target stage, built. */
  StageState build() {
    plan.stages().forEach(stage -> graph.begin(stage.index()));
    return graph.await(plan.target().index());
  }

  @Override
  public void close() {
    graph.close();
  }

  private StageState build(PlannedStage planned) {
    Stage stage = planned.stage();
    planned.base().ifPresent(graph::await);
    StepProgress.Running from = progress.begin(stage.from().text());
    StageState state = located(stage.location(), stage.from(), () -> begin(planned));
    Steps steps = work.steps(stage.name().orElse(Integer.toString(stage.index())));
    for (String trigger : state.takeTriggers()) {
      Instruction instruction = ConfigInstructions.parse(trigger);
      step(planned, state, steps, stage.location(), instruction, from::output);
    }
    from.end(true);
    for (Step step : stage.steps()) {
      Instruction instruction = step.instruction();
      // Before it counts as begun, so that it shows the time of its own work.
      plan.dependencies(instruction, stage.index()).forEach(graph::await);
      StepProgress.Running running = progress.begin(instruction.summary());
      running.end(step(planned, state, steps, step.location(), instruction, running::output));
    }
    return state;
  }

  private boolean step(
      PlannedStage planned,
      StageState state,
      Steps steps,
      Optional<Location> location,
      Instruction instruction,
      StepRunner.Output output) {
    plan.dependencies(instruction, planned.index()).forEach(graph::await);
    InstructionRunner runner = runner(planned, state, steps, location, instruction);
    return located(location, instruction, () -> graph.work(() -> runner.run(instruction, output)));
  }

  private InstructionRunner runner(
      PlannedStage planned,
      StageState state,
      Steps steps,
      Optional<Location> location,
      Instruction instruction) {
    CopyParts copies =
        new CopyParts(
            new CopySteps(steps, work.snapshotter(), work.copies()),
            work.snapshotter(),
            from -> origin(from, planned),
            work.remotes(),
            work.clock(),
            work.unpackedLimit());
    StepLint lint = new StepLint(location, instruction.keyword(), progress::lint);
    return new InstructionRunner(
        state,
        new StageSteps(state, steps),
        copies,
        places(planned, steps),
        plan,
        work.rights(),
        lint,
        work.input().dockerfile().escape());
  }

  private RunMounts.Places places(PlannedStage planned, Steps steps) {
    return new RunMounts.Places() {
      @Override
      public Origin origin(Optional<String> from) {
        return StageBuilder.this.origin(from, planned);
      }

      @Override
      public Steps steps() {
        return steps;
      }

      @Override
      public CacheMounts caches() {
        return work.caches();
      }

      @Override
      public Secrets secrets() {
        return work.secrets();
      }

      @Override
      public SshAgents agents() {
        return work.agents();
      }
    };
  }

  /** A named context comes before a stage, and that before an image. */
  private Origin origin(Optional<String> from, PlannedStage planned) {
    if (from.isEmpty()) {
      return new Origin.Folder(contexts.main(), "the build context");
    }
    String name = from.get();
    Optional<ContextSource> context = contexts.find(name);
    if (context.isPresent()) {
      return contexts
          .image(context.get(), platform(planned))
          .<Origin>map(image -> new Origin.Layers(image(image, planned).topSnapshot(), name))
          .orElseGet(() -> new Origin.Folder(contexts.folder(name), "the context " + name));
    }
    OptionalInt stage = plan.find(name, planned.index());
    if (stage.isPresent()) {
      return new Origin.Layers(graph.await(stage.getAsInt()).snapshot(), "stage " + name);
    }
    return new Origin.Layers(image(name, planned).topSnapshot(), name);
  }

  /** Gives an error its place in the Dockerfile. */
  private <T> T located(Optional<Location> location, Instruction instruction, Supplier<T> does) {
    try {
      return does.get();
    } catch (BuildException e) {
      throw e;
    } catch (Steps.ExitException e) {
      throw work.input()
          .error(
              location,
              instruction,
              "the command failed with exit code "
                  + e.code()
                  + "; its output says why. The steps before it are cached: correct it and build"
                  + " again",
              e);
    } catch (BerthException e) {
      throw work.input().error(location, instruction, e.getMessage(), e);
    }
  }

  private StageState begin(PlannedStage stage) {
    if (stage.base().isPresent()) {
      return StageState.of(graph.await(stage.base().getAsInt()));
    }
    Optional<ContextSource> context =
        contexts.find(stage.image()).or(() -> stage.stage().name().flatMap(contexts::find));
    if (context.isPresent()) {
      Optional<String> image = contexts.image(context.get(), platform(stage));
      return image.isPresent()
          ? StageState.of(image(image.get(), stage))
          : ofFiles(
              contexts.find(stage.image()).isPresent()
                  ? stage.image()
                  : stage.stage().name().orElseThrow(),
              stage);
    }
    if (stage.image().equals("scratch")) {
      return StageState.scratch(platform(stage).orElseGet(Platform::host));
    }
    return StageState.of(image(stage.image(), stage));
  }

  /** A stage that begins with the files of a named context. */
  private StageState ofFiles(String context, PlannedStage stage) {
    StageState state = StageState.scratch(platform(stage).orElseGet(Platform::host));
    CopyRequest all = CopyRequest.everything();
    TreePart part = contexts.folder(context).part(all, List.of("."), "the context " + context);
    KeyDigest files = new KeyDigest("context 2");
    part.addTo(files);
    work.steps("")
        .base(
            state,
            files.digest(),
            root -> {
              try (RootDir to = SnapshotViews.open(root);
                  TreeWriter writer = new TreeWriter(to.fd())) {
                CopySteps.write(
                    writer, all, List.of(part), new Ownership(Optional.empty(), Optional.empty()));
              }
            },
            "FROM " + context);
    return state;
  }

  private Optional<Platform> platform(PlannedStage stage) {
    return stage.platform().or(() -> work.options().platform());
  }

  private StoredImage image(String name, PlannedStage stage) {
    Optional<Platform> wanted = platform(stage);
    StoredImage image = work.images().get(name, wanted, work.options().pull(), progress::tell);
    work.materials().add("pkg:docker/" + name, image.id());
    if (wanted.isPresent() && !wanted.get().runs(image.config().platform())) {
      new StepLint(stage.stage().location(), "FROM", progress::lint)
          .basePlatform(name, image.config().platform().toString(), wanted.get().toString());
    }
    return image;
  }
}
