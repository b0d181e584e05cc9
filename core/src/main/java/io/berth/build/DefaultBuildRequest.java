package io.berth.build;

import io.berth.api.BuildRequest;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.dockerfile.Dockerfile;
import io.berth.oci.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Collects what a build needs. Not thread-safe. */
final class DefaultBuildRequest implements BuildRequest {
  private final Function<BuildOptions, Image> build;
  private final Optional<Dockerfile> dockerfile;
  private final List<Reference> tags = new ArrayList<>();
  private final Map<String, String> args = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private Optional<Path> context;
  private Optional<Path> file = Optional.empty();
  private Optional<String> target = Optional.empty();
  private NetworkMode network = NetworkMode.DEFAULT;
  private Progress progress = Progress.none();
  private boolean useCache = true;

  DefaultBuildRequest(
      Optional<Path> context,
      Optional<Dockerfile> dockerfile,
      Function<BuildOptions, Image> build) {
    this.context = context;
    this.dockerfile = dockerfile;
    this.build = build;
  }

  @Override
  public BuildRequest context(Path directory) {
    context = Optional.of(directory);
    return this;
  }

  @Override
  public BuildRequest file(Path path) {
    file = Optional.of(path);
    return this;
  }

  @Override
  public BuildRequest tag(String reference) {
    tags.add(Reference.parse(reference));
    return this;
  }

  @Override
  public BuildRequest arg(String name, String value) {
    args.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return this;
  }

  @Override
  public BuildRequest label(String name, String value) {
    labels.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return this;
  }

  @Override
  public BuildRequest target(String stage) {
    target = Optional.of(stage);
    return this;
  }

  @Override
  public BuildRequest noCache() {
    useCache = false;
    return this;
  }

  @Override
  public BuildRequest network(NetworkMode mode) {
    network = Objects.requireNonNull(mode, "mode");
    return this;
  }

  @Override
  public BuildRequest progress(Progress listener) {
    progress = Objects.requireNonNull(listener, "listener");
    return this;
  }

  @Override
  public Image execute() {
    return build.apply(
        new BuildOptions(
            context, file, dockerfile, tags, args, labels, target, useCache, network, progress));
  }
}
