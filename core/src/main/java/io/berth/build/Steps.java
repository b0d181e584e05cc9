package io.berth.build;

import io.berth.api.LaunchException;
import io.berth.build.StepRunner.StepProcess;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import io.berth.oci.Platform;
import io.berth.oci.RunConfig;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The steps of one build, each taken from the cache or done. Every method returns whether the step
 * was cached.
 *
 * <p>A key holds the layers below by their content, not the steps that led there. So a step that is
 * done again and gives the same layer leaves the cache of all that follows valid.
 */
final class Steps {
  private final LayerSteps layers;
  private final BuildCache cache;
  private final StepRunner runner;
  private final Options options;
  private final Clock clock;

  /**
   * @param useCache whether cached results are used; results are stored in any case
   * @param proxies variables that RUN sees, and that change no key unless an ARG declares them
   * @param epoch the time that the clock stands still at, if it does
   * @param rewrite whether no file of a layer is younger than that
   */
  record Options(
      boolean useCache, Map<String, String> proxies, Optional<Instant> epoch, boolean rewrite) {
    Options {
      proxies = Map.copyOf(proxies);
    }
  }

  LayerSteps layers() {
    return layers;
  }

  Steps(LayerSteps layers, BuildCache cache, StepRunner runner, Options options, Clock clock) {
    this.layers = layers;
    this.cache = cache;
    this.runner = runner;
    this.options = options;
    this.clock = clock;
  }

  /** A step that changes the configuration only. */
  boolean configure(StageState stage, RunConfig next, String createdBy) {
    KeyDigest key = key("config 1", stage).add(next.toNode().toString()).add(createdBy);
    return step(
        stage,
        key.digest(),
        createdBy,
        next,
        () -> new StepResult(Optional.empty(), clock.instant()));
  }

  /** WORKDIR: makes the directory, in a layer only when it is missing; it belongs to the user. */
  boolean workdir(StageState stage, RunConfig next, String path, String createdBy) {
    String user = next.user().orElse("");
    KeyDigest key = key("workdir 2", stage).add(path).add(user);
    return step(
        stage,
        key.digest(),
        createdBy,
        next,
        () ->
            layers.makeUnlessUnchanged(
                stage.diffIds(),
                root -> {
                  try (RootDir view = SnapshotViews.open(root);
                      TreeWriter to = new TreeWriter(view.fd())) {
                    Ownership.Ids owner =
                        user.isEmpty() || to.isDirectory(path)
                            ? Ownership.Ids.ROOT
                            : new Owners(view.fd(), "USER").resolve(user);
                    return to.makeDirectories(path, owner);
                  }
                }));
  }

  /** The files of a named context, as the first layer of a stage. */
  boolean base(StageState stage, Digest files, LayerSteps.Work work, String createdBy) {
    KeyDigest key = key("base 1", stage).add(files.hex());
    return step(
        stage, key.digest(), createdBy, stage.config(), () -> layers.make(stage.diffIds(), work));
  }

  /** The snapshot of a tree's files alone, for a mount. */
  String files(Digest digest, TreePart part) {
    Digest key = new KeyDigest("tree 1").add(digest.hex()).add(epochText()).digest();
    StepResult result =
        cached(key, List.of())
            .orElseGet(
                () -> {
                  StepResult made =
                      layers.make(
                          List.of(),
                          root -> {
                            try (RootDir to = SnapshotViews.open(root);
                                TreeWriter writer = new TreeWriter(to.fd())) {
                              CopySteps.write(
                                  writer,
                                  CopyRequest.everything(),
                                  List.of(part),
                                  new Ownership(Optional.empty(), Optional.empty()));
                            }
                          });
                  cache.put(key, made);
                  return made;
                });
    return result.layer().orElseThrow().chainId().toString();
  }

  /**
   * RUN. Throws {@link ExitException} when the command fails.
   *
   * @param mounts what is mounted while it runs
   */
  boolean run(
      StageState stage,
      List<String> command,
      RunMounts mounts,
      StepRunner.Surroundings surroundings,
      String createdBy,
      StepRunner.Output output) {
    // Proxies that an ARG declares count as any other; those that none declares change no key.
    Map<String, String> keyed = new LinkedHashMap<>(stage.args());
    RunConfig config = stage.config();
    KeyDigest key =
        key("run 2", stage)
            .add(command)
            .add(keyed)
            .add(config.envMap())
            .add(stage.workdir())
            .add(config.user().orElse(""))
            .add(surroundings.network().value())
            .add(String.valueOf(surroundings.privileged()));
    mounts.addTo(key);
    return step(
        stage,
        key.digest(),
        createdBy,
        config,
        () -> {
          try (RunMounts.Session session = mounts.open()) {
            Map<String, String> env = new TreeMap<>(options.proxies());
            env.putAll(config.envMap());
            env.putAll(keyed);
            env.putAll(session.env());
            StepProcess process =
                new StepProcess(
                    command,
                    env,
                    stage.workdir(),
                    config.user().orElse(""),
                    session.mounts(),
                    surroundings);
            return layers.make(
                stage.diffIds(),
                root -> {
                  int code = run(root, process, output, stage.platform());
                  if (code != 0) {
                    throw new ExitException(code);
                  }
                });
          }
        });
  }

  private int run(
      RootMount root, StepProcess process, StepRunner.Output output, Platform platform) {
    try {
      return runner.run(root, process, output);
    } catch (LaunchException e) {
      throw Emulation.explain(e, platform);
    }
  }

  /**
   * COPY and ADD.
   *
   * @param link whether the layer is made alone, and put on top of the others
   * @param request a digest of what the instruction asks for
   * @param quickKey a key that is known without looking at the files; empty when there is none
   * @param files gives the digest of what is copied
   * @param work makes the layer on top of some others
   */
  boolean copy(
      StageState stage,
      boolean link,
      Digest request,
      Optional<Digest> quickKey,
      Supplier<Digest> files,
      Function<List<Digest>, StepResult> work,
      String createdBy) {
    KeyDigest base = link ? new KeyDigest("link 1").add(epochText()) : key("copy 2", stage);
    Digest common = base.add(request.hex()).digest();
    List<Digest> below = link ? List.of() : stage.diffIds();
    Optional<Digest> quick =
        quickKey.map(k -> new KeyDigest("copy quick 1").add(common.hex()).add(k.hex()).digest());
    Optional<StepResult> known = quick.flatMap(k -> cached(k, below));
    StepResult result;
    if (known.isPresent()) {
      result = known.get();
    } else {
      Digest full = new KeyDigest("copy full 1").add(common.hex()).add(files.get().hex()).digest();
      known = cached(full, below);
      result = known.orElseGet(() -> work.apply(below));
      if (known.isEmpty()) {
        cache.put(full, result);
      }
      cache.used(full, result);
      quick.ifPresent(key -> cache.put(key, result));
    }
    quick.ifPresent(key -> cache.used(key, result));
    stage.add(stage.config(), link ? layers.onTop(stage.diffIds(), result) : result, createdBy);
    return known.isPresent();
  }

  private boolean step(
      StageState stage, Digest key, String createdBy, RunConfig next, Supplier<StepResult> work) {
    Optional<StepResult> known = cached(key, stage.diffIds());
    StepResult result = known.orElseGet(work);
    if (known.isEmpty()) {
      cache.put(key, result);
    }
    cache.used(key, result);
    stage.add(next, result, createdBy);
    return known.isPresent();
  }

  /**
   * A result whose layer is there, or is fetched from an imported cache.
   *
   * @param below the layers that it rests on
   */
  private Optional<StepResult> cached(Digest key, List<Digest> below) {
    if (!options.useCache()) {
      return cache.earlier(key);
    }
    Optional<StepResult> local = cache.find(key).filter(layers::exists);
    return local.isPresent() ? local : cache.imported(key, below);
  }

  private String epochText() {
    return options.epoch().map(Instant::toString).orElse("") + (options.rewrite() ? " all" : "");
  }

  /** A key with what every step depends on. */
  private KeyDigest key(String kind, StageState stage) {
    KeyDigest key = new KeyDigest(kind).add(stage.platform().toString());
    key.add(stage.snapshot().orElse(""));
    // What was made at another time than the asked one has another history.
    return key.add(epochText());
  }

  /** The command of a RUN step has failed. */
  static final class ExitException extends RuntimeException {
    private final int code;

    ExitException(int code) {
      super("exit code " + code, null, false, false);
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
