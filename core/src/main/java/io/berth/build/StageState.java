package io.berth.build;

import io.berth.image.StoredImage;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Platform;
import io.berth.oci.RunConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A stage as it grows: the image so far, and the ARGs in effect. For one thread. */
final class StageState {
  // As docker gives every image without a PATH of its own.
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final ImageConfig base;
  private final Optional<StoredImage> stored;
  private final int baseLayers;
  private final List<Long> sizes;
  private final List<Digest> diffIds;
  private final List<History> history;
  private final Map<String, String> args = new LinkedHashMap<>();
  private final Set<String> declared = new HashSet<>();
  private RunConfig config;
  private Optional<Instant> created;
  private Optional<String> author = Optional.empty();
  private boolean changed;
  private boolean commandSet;

  private StageState(
      ImageConfig base, List<Long> sizes, Optional<StoredImage> stored, int baseLayers) {
    this.base = base;
    this.baseLayers = baseLayers;
    this.stored = stored;
    this.sizes = new ArrayList<>(sizes);
    this.diffIds = new ArrayList<>(base.diffIds());
    this.history = new ArrayList<>(base.history());
    this.created = base.created();
    this.config = base.config();
  }

  /** The stage of {@code FROM scratch}. */
  static StageState scratch(Platform platform) {
    return new StageState(ImageConfig.builder(platform).build(), List.of(), Optional.empty(), 0)
        .withPath();
  }

  static StageState of(StoredImage image) {
    int layers = image.config().diffIds().size();
    return new StageState(image.config(), image.layerSizes(), Optional.of(image), layers)
        .withPath();
  }

  /** A stage that begins where another has ended. */
  static StageState of(StageState stage) {
    StageState next =
        new StageState(stage.image(), stage.sizes, stage.unchanged(), stage.baseLayers);
    next.args.putAll(stage.args);
    return next.withPath();
  }

  private StageState withPath() {
    if (!config.envMap().containsKey("PATH")) {
      config = config.toBuilder().env("PATH", DEFAULT_PATH).build();
    }
    return this;
  }

  Platform platform() {
    return base.platform();
  }

  RunConfig config() {
    return config;
  }

  /** How many layers are those of an image that was there before the build. */
  int baseLayers() {
    return baseLayers;
  }

  List<Digest> diffIds() {
    return List.copyOf(diffIds);
  }

  List<Long> sizes() {
    return List.copyOf(sizes);
  }

  /** The name of the snapshot on top; empty when there is no layer yet. */
  Optional<String> snapshot() {
    return diffIds.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(diffIds).toString());
  }

  /** What variables in instructions stand for: of ARG and ENV what came last. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>(config.envMap());
    variables.putAll(args);
    return variables;
  }

  /** The ARGs that RUN sees besides the environment, and in place of it. */
  Map<String, String> args() {
    return Map.copyOf(args);
  }

  /** ENV takes the place of an ARG of the same name. */
  void setEnv(String name) {
    args.remove(name);
  }

  void setArg(String name, Optional<String> value) {
    declared.add(name);
    value.ifPresent(v -> args.put(name, v));
  }

  /** Whether an ARG has named a variable, with a value or without. */
  boolean declared(String name) {
    return declared.contains(name);
  }

  /** The working directory, as an absolute path. */
  String workdir() {
    return config.workingDir().orElse("/");
  }

  /** The ONBUILD instructions of the base image, which go no further than here. */
  List<String> takeTriggers() {
    List<String> triggers = config.onBuild();
    if (!triggers.isEmpty()) {
      config = config.toBuilder().onBuild(List.of()).build();
    }
    return triggers;
  }

  void setAuthor(String name) {
    author = Optional.of(name);
  }

  /** Whether this build has set CMD, so that a later ENTRYPOINT keeps it. */
  boolean commandSet() {
    return commandSet;
  }

  void markCommandSet() {
    commandSet = true;
  }

  /** Records a step: its configuration, and its layer if it has one. */
  void add(RunConfig next, StepResult result, String createdBy) {
    config = next;
    created = Optional.of(result.created());
    changed = true;
    history.add(History.of(result.created(), createdBy, result.layer().isEmpty()));
    result
        .layer()
        .ifPresent(
            layer -> {
              diffIds.add(layer.diffId());
              sizes.add(layer.size());
            });
  }

  /** Replaces all layers above some by one. */
  void squash(int kept, StepResult.Layer layer, String createdBy) {
    diffIds.subList(kept, diffIds.size()).clear();
    sizes.subList(kept, sizes.size()).clear();
    diffIds.add(layer.diffId());
    sizes.add(layer.size());
    List<History> all = new ArrayList<>();
    int seen = 0;
    for (History each : history) {
      boolean above = !each.emptyLayer() && ++seen > kept;
      all.add(
          above
              ? History.of(each.created().orElse(Instant.EPOCH), each.createdBy().orElse(""), true)
              : each);
    }
    all.add(History.of(created.orElse(Instant.EPOCH), createdBy, false));
    history.clear();
    history.addAll(all);
  }

  /** The image of the store that this still is: nothing was added to it. */
  Optional<StoredImage> unchanged() {
    return changed ? Optional.empty() : stored;
  }

  /** The image as it is now. */
  ImageConfig image() {
    if (!changed) {
      return base;
    }
    ImageConfig.Builder image = base.toBuilder().config(config).diffIds(diffIds).history(history);
    created.ifPresent(image::created);
    author.ifPresent(image::author);
    return image.build();
  }
}
