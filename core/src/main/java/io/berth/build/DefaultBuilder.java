package io.berth.build;

import io.berth.api.BuildRequest;
import io.berth.api.Image;
import io.berth.dockerfile.Dockerfile;
import io.berth.image.BaseImages;
import io.berth.image.ImageBuilder;
import io.berth.image.ImageStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;

/**
 * The Dockerfile builder of an engine. Thread-safe; several may use one data directory.
 *
 * <pre>
 * cache/steps/ab/abcd…   what a step came to, by its key
 * cache/stat/…           the content digests of a context's files
 * </pre>
 */
public final class DefaultBuilder implements ImageBuilder {
  private final Path cacheDirectory;
  private final ImageStore store;
  private final BaseImages bases;
  private final StepRunner runner;
  private final Clock clock;

  /**
   * @param dataDirectory whose {@code cache} directory is to be used; made when it is missing
   * @param bases gives the images of FROM and COPY --from
   * @param runner runs the processes of RUN steps
   */
  public DefaultBuilder(
      Path dataDirectory, ImageStore store, BaseImages bases, StepRunner runner, Clock clock) {
    this.cacheDirectory = dataDirectory.resolve("cache");
    this.store = Objects.requireNonNull(store, "store");
    this.bases = Objects.requireNonNull(bases, "bases");
    this.runner = Objects.requireNonNull(runner, "runner");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  @Override
  public BuildRequest build(Path context) {
    return new DefaultBuildRequest(Optional.of(context), Optional.empty(), this::execute);
  }

  @Override
  public BuildRequest build(Dockerfile dockerfile) {
    return new DefaultBuildRequest(Optional.empty(), Optional.of(dockerfile), this::execute);
  }

  private Image execute(BuildOptions options) {
    return new BuildRun(cacheDirectory, store, bases, runner, clock, options).execute();
  }
}
