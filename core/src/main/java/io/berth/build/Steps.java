package io.berth.build;

import io.berth.api.NetworkMode;
import io.berth.build.StepRunner.StepProcess;
import io.berth.layers.SnapshotViews;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import io.berth.oci.RunConfig;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
  private final StepCache cache;
  private final StepRunner runner;
  private final Options options;
  private final Clock clock;

  /**
   * @param useCache whether cached results are used; results are stored in any case
   * @param network of RUN steps
   * @param proxies variables that RUN sees, and that change no key
   * @param epoch the time that the clock stands still at, if it does
   */
  record Options(
      boolean useCache, NetworkMode network, Map<String, String> proxies, Optional<Instant> epoch) {
    Options {
      proxies = Map.copyOf(proxies);
    }
  }

  Steps(LayerSteps layers, StepCache cache, StepRunner runner, Options options, Clock clock) {
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

  /** WORKDIR: makes the directory, in a layer only when it is missing. */
  boolean workdir(StageState stage, RunConfig next, String path, String createdBy) {
    KeyDigest key = key("workdir 1", stage).add(path);
    return step(
        stage,
        key.digest(),
        createdBy,
        next,
        () ->
            layers.makeUnlessUnchanged(
                stage.diffIds(),
                root -> {
                  try (RootDir view = SnapshotViews.open(root)) {
                    return new TreeWriter(view.fd()).makeDirectories(path, Ownership.Ids.ROOT);
                  }
                }));
  }

  /** RUN. Throws {@link ExitException} when the command fails. */
  boolean run(
      StageState stage,
      List<String> command,
      String extraKey,
      String createdBy,
      StepRunner.Output output) {
    Map<String, String> keyed = new LinkedHashMap<>(stage.argsNotInEnv());
    keyed.keySet().removeAll(options.proxies().keySet());
    RunConfig config = stage.config();
    Map<String, String> env = new TreeMap<>(options.proxies());
    env.putAll(keyed);
    env.putAll(config.envMap());
    StepProcess process =
        new StepProcess(command, env, stage.workdir(), config.user().orElse(""), options.network());
    KeyDigest key =
        key("run 1", stage)
            .add(command)
            .add(keyed)
            .add(config.envMap())
            .add(process.workdir())
            .add(process.user())
            .add(options.network().value())
            .add(extraKey);
    return step(
        stage,
        key.digest(),
        createdBy,
        config,
        () ->
            layers.make(
                stage.diffIds(),
                root -> {
                  int code = runner.run(root, process, output);
                  if (code != 0) {
                    throw new ExitException(code);
                  }
                }));
  }

  /**
   * COPY and ADD.
   *
   * @param quickKey a key that is known without looking at the files; empty when there is none
   * @param files gives the digest of what is copied
   */
  boolean copy(
      StageState stage,
      CopyRequest request,
      Optional<Digest> quickKey,
      Supplier<Digest> files,
      LayerSteps.Work work,
      String createdBy) {
    KeyDigest base =
        key("copy 1", stage)
            .add(request.destination())
            .add(request.chown().orElse(""))
            .add(request.chmod().orElse(-1))
            .add(String.valueOf(request.unpack()));
    Digest common = base.digest();
    Optional<Digest> quick =
        quickKey.map(k -> new KeyDigest("copy quick 1").add(common.hex()).add(k.hex()).digest());
    Optional<StepResult> known = quick.flatMap(this::cached);
    if (known.isPresent()) {
      stage.add(stage.config(), known.get(), createdBy);
      return true;
    }
    Digest full = new KeyDigest("copy full 1").add(common.hex()).add(files.get().hex()).digest();
    known = cached(full);
    StepResult result = known.orElseGet(() -> layers.make(stage.diffIds(), work));
    if (known.isEmpty()) {
      cache.put(full, result);
    }
    quick.ifPresent(key -> cache.put(key, result));
    stage.add(stage.config(), result, createdBy);
    return known.isPresent();
  }

  private boolean step(
      StageState stage, Digest key, String createdBy, RunConfig next, Supplier<StepResult> work) {
    Optional<StepResult> known = cached(key);
    StepResult result = known.orElseGet(work);
    if (known.isEmpty()) {
      cache.put(key, result);
    }
    stage.add(next, result, createdBy);
    return known.isPresent();
  }

  private Optional<StepResult> cached(Digest key) {
    return options.useCache() ? cache.find(key).filter(layers::exists) : Optional.empty();
  }

  /** A key with what every step depends on. */
  private KeyDigest key(String kind, StageState stage) {
    KeyDigest key = new KeyDigest(kind).add(stage.platform().toString());
    key.add(stage.snapshot().orElse(""));
    // What was made at another time than the asked one has another history.
    return key.add(options.epoch().map(Instant::toString).orElse(""));
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
