package io.berth;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.layers.UnpackLimit;
import io.berth.network.Ground;
import io.berth.registry.Credentials;
import io.berth.registry.RegistryOptions;
import io.berth.volume.VolumeDrivers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How to open an engine; made by {@link Berth#builder()}. */
public final class EngineBuilder {
  private Optional<Path> dataDirectory = Optional.empty();
  private Optional<String> snapshotter = Optional.empty();
  private String launcher = "native";
  private Clock clock = Clock.systemUTC();
  private RegistryOptions registries = RegistryOptions.defaults();
  private UnpackLimit unpacked = UnpackLimit.DEFAULT;

  private Optional<Ground> ground = Optional.empty();
  private Optional<Long> buildCacheLimit = Optional.empty();
  private final List<Path> plugins = new ArrayList<>(VolumeDrivers.PLUGINS);

  EngineBuilder() {}

  /** What networks stand on, rather than what suits this user. */
  EngineBuilder ground(Ground other) {
    this.ground = Optional.of(other);
    return this;
  }

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
   * {@code crun} or the path of a runtime with their command line. An ordinary user's engine runs
   * them in its user namespace, without limits where no control groups are the user's. Build steps
   * are always run by Berth's own.
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
   * Pulls the images of a registry from another place first.
   *
   * @param registry as in image names, such as {@code docker.io}
   * @param mirror host and optional port, or an address such as {@code https://mirror.example.com}
   */
  public EngineBuilder registryMirror(String registry, String mirror) {
    registries = registries.withMirror(registry, mirror);
    return this;
  }

  /**
   * Allows a registry a certificate that is not trusted, or none at all.
   *
   * @param registry host, host and port, or a range of addresses such as {@code 10.0.0.0/8}
   */
  public EngineBuilder insecureRegistry(String registry) {
    registries = registries.withInsecure(registry);
    return this;
  }

  /** Credentials for a registry, in place of those of {@code docker login}. */
  public EngineBuilder registryCredentials(String registry, String user, String password) {
    Credentials own = Credentials.password(user, password);
    registries =
        registries.withCredentials(
            asked -> asked.equals(registry) ? Optional.of(own) : Optional.empty());
    return this;
  }

  /** Trusts the certificate authorities of a PEM file, besides those of Java. */
  public EngineBuilder registryAuthority(Path pem) {
    registries = registries.withAuthority(pem);
    return this;
  }

  /** All options for registries at once; replaces what was set before. */
  public EngineBuilder registries(RegistryOptions options) {
    registries = options;
    return this;
  }

  /**
   * The most bytes that a layer, an archive in a build, or what is copied into a container or out
   * of it may unpack to, with the holes of its files; 128 GiB by default.
   */
  public EngineBuilder unpackedLimit(long bytes) {
    unpacked = new UnpackLimit(bytes, unpacked.entries());
    return this;
  }

  /**
   * The most files, directories and links that may be copied into a container or out of it at once;
   * ten million by default.
   */
  public EngineBuilder unpackedEntries(long count) {
    unpacked = new UnpackLimit(unpacked.bytes(), count);
    return this;
  }

  /**
   * How many bytes the build cache may take that is in no image; no limit by default. Kept at the
   * end of each build, the least recently used going first.
   */
  public EngineBuilder buildCacheLimit(long bytes) {
    if (bytes <= 0) {
      throw new InvalidInputException("Invalid build cache limit " + bytes + ": use at least 1");
    }
    buildCacheLimit = Optional.of(bytes);
    return this;
  }

  /** A directory with sockets and .spec files of Docker volume plugins, besides Docker's own. */
  public EngineBuilder volumePlugins(Path directory) {
    plugins.add(0, directory);
    return this;
  }

  /**
   * Opens the engine, repairing what a crash left in its directory.
   *
   * @throws io.berth.error.StorageException when the directory cannot be made or written
   */
  public Engine open() {
    return new LocalEngine(
        dataDirectory.orElseGet(Berth::defaultDirectory),
        snapshotter,
        launcher,
        clock,
        registries,
        unpacked,
        plugins,
        buildCacheLimit,
        ground);
  }
}
