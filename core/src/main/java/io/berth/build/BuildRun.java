package io.berth.build;

import io.berth.api.BuildResult;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.dockerfile.Checks;
import io.berth.error.InvalidInputException;
import io.berth.image.BaseImages;
import io.berth.image.BuiltImage;
import io.berth.image.ImageStore;
import io.berth.image.StoredImage;
import io.berth.image.WorkLease;
import io.berth.linux.FileRights;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

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
    BuildOptions.Running running = options.running();
    Secrets secrets = new Secrets(running.secrets(), running.lender());
    SshAgents agents = new SshAgents(running.agents(), running.lender());
    try (TemporaryTrees trees = new TemporaryTrees(access, directories.temporary())) {
      CopyParts.Remotes remotes =
          new CopyParts.Remotes(
              new Downloads(directories.downloads(), unpackedLimit, secrets::authorization),
              new Git(agents),
              trees,
              materials);
      Contexts contexts =
          new Contexts(access, trees, remotes.git(), remotes.downloads(), materials, unpackedLimit);
      BuildInput input = BuildInput.load(options, contexts);
      List<BuildOptions> each = options.each();
      List<StagePlan> plans = each.stream().map(one -> StagePlan.of(input, one)).toList();
      int labels = options.result().labels().isEmpty() ? 0 : 1;
      int steps = plans.stream().mapToInt(plan -> plan.steps() + labels).sum();
      Checks checks = checks(input);
      StepProgress progress = new StepProgress(options.progress(), steps, checks);
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
        BuildWork work = work(input, remotes, lease, progress, secrets, agents);
        List<PlatformBuild> builds = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
          StepProgress told =
              each.size() == 1 ? progress : progress.labelled("[" + platform(each.get(i)) + "]");
          PlatformBuild build =
              new PlatformBuild(work.on(each.get(i)), plans.get(i), named, told, checks);
          build.run();
          builds.add(build);
          work.cache().nextPlatform();
        }
        return store(work, builds, begun, progress);
      }
    }
  }

  private static Platform platform(BuildOptions options) {
    return options.platform().orElseGet(Platform::host);
  }

  /** Keeps the images, of which the one for this host has the names. */
  private BuildResult store(
      BuildWork work, List<PlatformBuild> builds, Instant begun, StepProgress progress) {
    List<BuiltImage> built = builds.stream().map(PlatformBuild::image).toList();
    int leader = Platform.host().best(built, BuiltImage::platform).map(built::indexOf).orElse(0);
    List<Reference> tags = options.result().tags();
    List<StoredImage> images = store.add(built, leader, tags);
    StoredImage named = images.get(leader);
    if (built.get(leader).present().isPresent()) {
      // A Dockerfile with nothing but FROM gives one more name.
      store.tagged(named, tags);
    }
    Optional<String> provenance = Optional.empty();
    for (int i = 0; i < images.size(); i++) {
      Optional<String> statement = statement(builds.get(i), images.get(i), begun);
      store.setStatement(images.get(i).id(), statement);
      provenance = i == leader ? statement : provenance;
    }
    Image image = store.view(named);
    for (CacheSource target : options.caching().to()) {
      ports.write(target, work.cache().used(), image, store.snapshotter());
    }
    return new BuildResult(image, provenance, progress.warnings());
  }

  private Optional<String> statement(PlatformBuild build, StoredImage image, Instant begun) {
    return options.result().provenance() == Provenance.NONE
        ? Optional.empty()
        : Optional.of(
            new ProvenanceStatement(build.work(), store.view(image), begun, clock.instant())
                .text());
  }

  private BuildWork work(
      BuildInput input,
      CopyParts.Remotes remotes,
      WorkLease lease,
      StepProgress progress,
      Secrets secrets,
      SshAgents agents) {
    Optional<Instant> epoch = epoch();
    Clock dated = epoch.map(t -> Clock.fixed(t, ZoneOffset.UTC)).orElse(clock);
    LayerSteps layers = new LayerSteps(store.snapshotter(), lease, dated, Optional.empty());
    List<CacheImport> imports =
        options.caching().from().stream()
            .flatMap(source -> ports.open(source, layers, progress::warn).stream())
            .toList();
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
        secrets,
        agents,
        remotes,
        dated,
        epoch,
        unpackedLimit);
  }

  /** The build argument comes before the directive of the Dockerfile. */
  private Checks checks(BuildInput input) {
    return Optional.ofNullable(options.args().get(CHECK))
        .map(Checks::parse)
        .orElseGet(input.dockerfile()::checks);
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
