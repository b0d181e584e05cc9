package io.berth;

import io.berth.api.Engine;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** How to open an engine; made by {@link Berth#builder()}. */
public final class EngineBuilder {
  private Optional<Path> dataDirectory = Optional.empty();
  private Optional<String> snapshotter = Optional.empty();
  private String launcher = "native";
  private Clock clock = Clock.systemUTC();

  EngineBuilder() {}

  /**
   * Where everything is kept. By default {@code $BERTH_ROOT}, else {@code /var/lib/berth} for root
   * and {@code ~/.local/share/berth} for others.
   */
  public EngineBuilder dataDirectory(Path directory) {
    this.dataDirectory = Optional.of(directory);
    return this;
  }

  /** The snapshot driver, {@code overlay} or {@code copy}, rather than the best that works here. */
  public EngineBuilder snapshotter(String name) {
    this.snapshotter = Optional.of(name);
    return this;
  }

  /**
   * Who sets containers up: {@code native}, Berth's own launcher (the default), or {@code runc},
   * {@code crun} or the path of a runtime with their command line. Build steps are always run by
   * Berth's own.
   */
  public EngineBuilder launcher(String name) {
    this.launcher = name;
    return this;
  }

  /** The clock that times are taken from. */
  public EngineBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Opens the engine, repairing what a crash left in its directory.
   *
   * @throws io.berth.error.StorageException when the directory cannot be made or written
   */
  public Engine open() {
    return new LocalEngine(
        dataDirectory.orElseGet(Berth::defaultDirectory), snapshotter, launcher, clock);
  }
}
