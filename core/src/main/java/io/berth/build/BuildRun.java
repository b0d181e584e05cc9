package io.berth.build;

import io.berth.api.BuildResult;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.dockerfile.Checks;
import io.berth.dockerfile.LintWarning;
import io.berth.error.InvalidInputException;
import io.berth.image.BaseImages;
import io.berth.image.ConfigChanges;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.image.WorkLease;
import io.berth.linux.FileRights;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One execution of a build request. */
final class BuildRun {
  private static final String EPOCH = "SOURCE_DATE_EPOCH";
  private static final String CHECK = "BUILDKIT_DOCKERFILE_CHECK";
  private static final String CACHE_NAMESPACE = "BUILDKIT_CACHE_MOUNT_NS";

  private final BuildDirectories directories;
  private final StatCaches statCaches;
  private final ImageStore store;
  private final BaseImages images;
  private final CachePorts ports;
  private final StepRunner runner;
  private final Clock clock;
  private final BuildOptions options;
  private final long unpackedLimit;
  private volatile boolean grown;

  BuildRun(
      BuildDirectories directories,
      StatCaches statCaches,
      ImageStore store,
      BaseImages images,
      CachePorts ports,
      StepRunner runner,
      Clock clock,
      BuildOptions options,
      long unpackedLimit) {
    this.directories = directories;
    this.statCaches = statCaches;
    this.store = store;
    this.images = images;
    this.ports = ports;
    this.runner = runner;
    this.clock = clock;
    this.options = options;
    this.unpackedLimit = unpackedLimit;
  }

  /** Whether the build cache holds more than before. */
  boolean grown() {
    return grown;
  }

  BuildResult execute() {
    long begun = System.nanoTime();
    try {
      BuildResult result = run();
      finished(Optional.of(result.image().id().toString()), Optional.empty(), begun);
      return result;
    } catch (RuntimeException e) {
      String problem = e.getMessage() == null ? e.toString() : e.getMessage();
      finished(Optional.empty(), Optional.of(problem), begun);
      throw e;
    }
  }

  private void finished(Optional<String> id, Optional<String> error, long begun) {
    options.progress().on(new Progress.Finished(id, error, System.nanoTime() - begun));
  }

  private BuildResult run() {
    Instant begun = clock.instant();
    Materials materials = new Materials();
    FileRights access = store.snapshotter().access();
    try (TemporaryTrees trees = new TemporaryTrees(access, directories.temporary())) {
      CopyParts.Remotes remotes =
          new CopyParts.Remotes(
              new Downloads(directories.downloads(), unpackedLimit), new Git(), trees, materials);
      Contexts contexts =
          new Contexts(access, trees, remotes.git(), remotes.downloads(), materials, unpackedLimit);
      BuildInput input = BuildInput.load(options, contexts);
      StagePlan plan = StagePlan.of(input, options);
      int labels = options.result().labels().isEmpty() ? 0 : 1;
      StepProgress progress =
          new StepProgress(options.progress(), plan.steps() + labels, checks(input));
      input.dockerfile().allWarnings().forEach(progress::lint);
      warnOfUnusedArgs(input, progress);
      try (WorkLease lease = store.lease();
          NamedContexts named =
              new NamedContexts(
                  input,
                  options.input().contexts(),
                  contexts,
                  statCaches,
                  new LayoutImages(store, options, unpackedLimit))) {
        BuildWork work = work(input, remotes, lease, progress);
        Image image = build(work, plan, named, progress);
        Optional<String> provenance =
            options.result().provenance() == Provenance.NONE
                ? Optional.empty()
                : Optional.of(new ProvenanceStatement(work, image, begun, clock.instant()).text());
        store.setStatement(image.id(), provenance);
        return new BuildResult(image, provenance, progress.warnings());
      }
    }
  }

  private BuildWork work(
      BuildInput input, CopyParts.Remotes remotes, WorkLease lease, StepProgress progress) {
    Optional<Instant> epoch = epoch();
    Clock dated = epoch.map(t -> Clock.fixed(t, ZoneOffset.UTC)).orElse(clock);
    LayerSteps layers = new LayerSteps(store.snapshotter(), lease, dated, Optional.empty());
    List<CacheImport> imports =
        options.caching().from().stream()
            .flatMap(source -> ports.open(source, layers, progress::warn).stream())
            .toList();
    BuildOptions.Running running = options.running();
    return new BuildWork(
        input,
        options,
        images.as(options.credentials()),
        store.snapshotter(),
        lease,
        new BuildCache(
            new StepCache(directories.steps(), store.cachedLayers()), imports, () -> grown = true),
        runner,
        new CopyTrees(directories.copies()),
        new CacheMounts(
            store.snapshotter().access(),
            directories.mounts(),
            options.args().getOrDefault(CACHE_NAMESPACE, "")),
        new Secrets(running.secrets()),
        new SshAgents(running.agents()),
        remotes,
        dated,
        epoch,
        unpackedLimit);
  }

  private Image build(
      BuildWork work, StagePlan plan, NamedContexts contexts, StepProgress progress) {
    try (StageBuilder stages = new StageBuilder(work, plan, contexts, progress)) {
      StageState result = stages.build();
      checkWarnings(work.input(), progress);
      addLabels(result, work.steps(""), progress);
      if (options.result().squash()) {
        squash(result, plan, work);
      }
      Image image = store.view(save(result));
      for (CacheSource target : options.caching().to()) {
        ports.write(target, work.cache().used(), image, store.snapshotter());
      }
      return image;
    }
  }

  private StoredImage save(StageState result) {
    Optional<StoredImage> unchanged = result.unchanged();
    if (unchanged.isPresent()) {
      // A Dockerfile with nothing but FROM gives one more name.
      options.result().tags().forEach(tag -> store.tag(unchanged.get().id().toString(), tag));
      return unchanged.get();
    }
    return store.add(result.image(), result.sizes(), options.result().tags());
  }

  /** Puts one layer in place of those that this build added to the base image. */
  private void squash(StageState result, StagePlan plan, BuildWork work) {
    List<Digest> all = result.diffIds();
    int kept = result.baseLayers();
    if (all.size() - kept < 2) {
      return;
    }
    List<String> above = ChainId.all(all).stream().skip(kept).map(Digest::toString).toList();
    StepResult.Layer layer = work.steps("").layers().squash(all.subList(0, kept), above);
    result.squash(kept, layer, "merge of " + above.size() + " layers");
  }

  private void addLabels(StageState stage, Steps steps, StepProgress progress) {
    if (options.result().labels().isEmpty()) {
      return;
    }
    String text =
        "LABEL "
            + new TreeMap<>(options.result().labels())
                .entrySet().stream()
                    .map(label -> label.getKey() + "=" + label.getValue())
                    .collect(Collectors.joining(" "));
    StepProgress.Running running = progress.begin(text);
    running.end(
        steps.configure(
            stage, ConfigChanges.label(stage.config(), options.result().labels()), text));
  }

  /** The build argument comes before the directive of the Dockerfile. */
  private Checks checks(BuildInput input) {
    return Optional.ofNullable(options.args().get(CHECK))
        .map(Checks::parse)
        .orElseGet(input.dockerfile()::checks);
  }

  private void checkWarnings(BuildInput input, StepProgress progress) {
    List<LintWarning> warnings = progress.warnings();
    if (checks(input).error() && !warnings.isEmpty()) {
      throw new InvalidInputException(
          "The Dockerfile has warnings, and asks for an error then (check=error=true): "
              + warnings.stream().map(LintWarning::toString).collect(Collectors.joining("; ")));
    }
  }

  private void warnOfUnusedArgs(BuildInput input, StepProgress progress) {
    TreeSet<String> unused = new TreeSet<>(options.args().keySet());
    unused.removeAll(input.declaredArgs());
    unused.removeAll(Proxies.NAMES);
    unused.remove(EPOCH);
    unused.removeIf(name -> name.startsWith("BUILDKIT_"));
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
