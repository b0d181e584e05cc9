package io.berth.settings;

import io.berth.Berth;
import io.berth.EngineBuilder;
import io.berth.api.Engine;
import io.berth.error.NotFoundException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How the engine is opened that tests use:
 *
 * <ul>
 *   <li>{@code berth.root}: its data directory, in place of the default one
 *   <li>{@code berth.images}: archives to load before the first container, joined by colons; for
 *       work without a network
 *   <li>{@code berth.mirror}: where Docker Hub's images are pulled from first
 * </ul>
 */
public final class EngineSettings {
  public static final List<String> NAMES = List.of("berth.root", "berth.images", "berth.mirror");

  private final UnaryOperator<String> properties;

  /**
   * @param properties the value of a property, or null
   */
  public EngineSettings(UnaryOperator<String> properties) {
    this.properties = properties;
  }

  /** The value of a property; empty also where it is blank. */
  public Optional<String> of(String name) {
    return Optional.ofNullable(properties.apply(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /**
   * Opens the engine and loads the archives.
   *
   * @throws NotFoundException when an archive is not there; no engine is open then
   */
  public Engine open() {
    for (Path archive : images()) {
      if (!Files.isReadable(archive)) {
        throw new NotFoundException(
            "No such archive: "
                + archive
                + " (named by berth.images; write it with images().save(...) or docker save)");
      }
    }
    EngineBuilder builder = Berth.builder();
    of("berth.root").map(Path::of).ifPresent(builder::dataDirectory);
    of("berth.mirror").ifPresent(m -> builder.registryMirror("docker.io", m));
    Engine engine = builder.open();
    try {
      images().forEach(archive -> engine.images().load(archive).execute());
      return engine;
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  List<Path> images() {
    return of("berth.images").stream()
        .flatMap(v -> Stream.of(v.split(File.pathSeparator)))
        .filter(v -> !v.isBlank())
        .map(Path::of)
        .toList();
  }
}
