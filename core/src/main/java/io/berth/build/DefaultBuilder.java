package io.berth.build;

import io.berth.api.BuildRequest;
import io.berth.api.BuildResult;
import io.berth.api.ContextSource;
import io.berth.dockerfile.Dockerfile;
import io.berth.image.BaseImages;
import io.berth.image.ImageBuilder;
import io.berth.image.ImageImporter;
import io.berth.image.ImageStore;
import io.berth.image.Registries;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;

/** The Dockerfile builder of an engine. Thread-safe; several may use one data directory. */
public final class DefaultBuilder implements ImageBuilder {
  private final BuildDirectories directories;
  private final StatCaches statCaches;
  private final ImageStore store;
  private final BaseImages images;
  private final Optional<Registries> registries;
  private final StepRunner runner;
  private final Clock clock;
  private final long unpackedLimit;
  private final Runnable afterwards;

  /**
   * @param dataDirectory whose {@code cache} directory is to be used; made when it is missing
   * @param images gives base images
   * @param registries where caches are imported from and exported to, besides directories
   * @param runner runs the processes of RUN steps
   */
  public DefaultBuilder(
      Path dataDirectory,
      ImageStore store,
      BaseImages images,
      Optional<Registries> registries,
      StepRunner runner,
      Clock clock) {
    this(
        dataDirectory,
        store,
        images,
        registries,
        runner,
        clock,
        ImageImporter.DEFAULT_UNPACKED_LIMIT,
        () -> {});
  }

  /**
   * The same.
   *
   * @param unpackedLimit the most bytes that an archive may unpack to
   * @param afterwards is done after each build that has added to the cache, however it went
   */
  public DefaultBuilder(
      Path dataDirectory,
      ImageStore store,
      BaseImages images,
      Optional<Registries> registries,
      StepRunner runner,
      Clock clock,
      long unpackedLimit,
      Runnable afterwards) {
    this.directories = new BuildDirectories(dataDirectory.resolve("cache"));
    this.statCaches = new StatCaches(directories.statCache());
    this.store = Objects.requireNonNull(store, "store");
    this.images = Objects.requireNonNull(images, "images");
    this.registries = Objects.requireNonNull(registries, "registries");
    this.runner = Objects.requireNonNull(runner, "runner");
    this.clock = Objects.requireNonNull(clock, "clock");
    this.unpackedLimit = unpackedLimit;
    this.afterwards = Objects.requireNonNull(afterwards, "afterwards");
  }

  @Override
  public BuildRequest build(ContextSource context) {
    return new DefaultBuildRequest(Optional.of(context), Optional.empty(), this::execute);
  }

  @Override
  public BuildRequest build(Dockerfile dockerfile) {
    return new DefaultBuildRequest(Optional.empty(), Optional.of(dockerfile), this::execute);
  }

  private BuildResult execute(BuildOptions options) {
    CachePorts ports = new CachePorts(registries, directories.temporary(), options.credentials());
    BuildRun run =
        new BuildRun(
            directories, statCaches, store, images, ports, runner, clock, options, unpackedLimit);
    try {
      return run.execute();
    } finally {
      if (run.grown()) {
        afterwards.run();
      }
    }
  }
}
