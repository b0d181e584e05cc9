package io.berth.build;

import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.error.InvalidInputException;
import io.berth.image.BaseImages;
import io.berth.image.ConfigChanges;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.image.WorkLease;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One execution of a build request. */
final class BuildRun {
  private static final String EPOCH = "SOURCE_DATE_EPOCH";

  private final Path cacheDirectory;
  private final ImageStore store;
  private final BaseImages bases;
  private final StepRunner runner;
  private final Clock clock;
  private final BuildOptions options;

  BuildRun(
      Path cacheDirectory,
      ImageStore store,
      BaseImages bases,
      StepRunner runner,
      Clock clock,
      BuildOptions options) {
    this.cacheDirectory = cacheDirectory;
    this.store = store;
    this.bases = bases;
    this.runner = runner;
    this.clock = clock;
    this.options = options;
  }

  Image execute() {
    long begun = System.nanoTime();
    try {
      Image image = run();
      finished(Optional.of(image.id().toString()), Optional.empty(), begun);
      return image;
    } catch (RuntimeException e) {
      String problem = e.getMessage() == null ? e.toString() : e.getMessage();
      finished(Optional.empty(), Optional.of(problem), begun);
      throw e;
    }
  }

  private void finished(Optional<String> id, Optional<String> error, long begun) {
    options.progress().on(new Progress.Finished(id, error, System.nanoTime() - begun));
  }

  private Image run() {
    BuildInput input = BuildInput.load(options);
    StagePlan plan = StagePlan.of(input, options);
    StepProgress progress =
        new StepProgress(options.progress(), plan.steps() + (options.labels().isEmpty() ? 0 : 1));
    warnOfUnusedArgs(input, progress);
    try (WorkLease lease = store.lease()) {
      return build(input, plan, lease, progress);
    }
  }

  private Image build(BuildInput input, StagePlan plan, WorkLease lease, StepProgress progress) {
    Optional<Instant> epoch = epoch();
    Clock dated = epoch.map(t -> Clock.fixed(t, ZoneOffset.UTC)).orElse(clock);
    Steps steps =
        new Steps(
            new LayerSteps(store.snapshotter(), lease, dated),
            new StepCache(cacheDirectory.resolve("steps")),
            runner,
            new Steps.Options(
                options.useCache(), options.network(), Proxies.in(options.args()), epoch),
            dated);
    try (LazyContext context =
        new LazyContext(() -> input.openContext(cacheDirectory.resolve("stat")))) {
      StageBuilder stages = new StageBuilder(input, plan, steps, store, bases, context, progress);
      StageState result = stages.build();
      addLabels(result, steps, progress);
      return store.view(save(result));
    }
  }

  private StoredImage save(StageState result) {
    Optional<StoredImage> unchanged = result.unchanged();
    if (unchanged.isPresent()) {
      // A Dockerfile with nothing but FROM gives one more name.
      options.tags().forEach(tag -> store.tag(unchanged.get().id().toString(), tag));
      return unchanged.get();
    }
    return store.add(result.image(), result.sizes(), options.tags());
  }

  private void addLabels(StageState stage, Steps steps, StepProgress progress) {
    if (options.labels().isEmpty()) {
      return;
    }
    String text =
        "LABEL "
            + new TreeMap<>(options.labels())
                .entrySet().stream()
                    .map(label -> label.getKey() + "=" + label.getValue())
                    .collect(Collectors.joining(" "));
    progress.begin(text);
    progress.end(
        steps.configure(stage, ConfigChanges.label(stage.config(), options.labels()), text));
  }

  private void warnOfUnusedArgs(BuildInput input, StepProgress progress) {
    TreeSet<String> unused = new TreeSet<>(options.args().keySet());
    unused.removeAll(input.declaredArgs());
    unused.removeAll(Proxies.NAMES);
    unused.remove(EPOCH);
    if (!unused.isEmpty()) {
      progress.warn(
          "Build arguments that no ARG declares: "
              + String.join(", ", unused)
              + "; declare them in the Dockerfile, or leave them out");
    }
  }

  private Optional<Instant> epoch() {
    String text = options.args().get(EPOCH);
    if (text == null || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
    } catch (NumberFormatException | DateTimeException e) {
      throw new InvalidInputException(
          EPOCH + "=" + text + ": expected a number of seconds since 1970", e);
    }
  }
}
