package io.berth.testcontainers;

import io.berth.error.InvalidInputException;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What may be set, as system properties, in {@code ~/.testcontainers.properties}, or in the
 * environment with {@code TESTCONTAINERS_} in front, in capitals:
 *
 * <ul>
 *   <li>{@code berth.testcontainers}: {@code true}, {@code false} or {@code auto} (the default:
 *       where no Docker is reachable)
 *   <li>{@code berth.root}: the engine's data directory, in place of the default one
 *   <li>{@code berth.images}: archives to load before the first container, joined by colons; for
 *       work without a network
 *   <li>{@code berth.mirror}: where Docker Hub's images are pulled from first
 * </ul>
 */
final class Settings {
  /** When Berth is used. */
  enum Use {
    ALWAYS,
    WITHOUT_DOCKER,
    NEVER
  }

  private final UnaryOperator<String> properties;

  /**
   * @param properties the value of a property, or null
   */
  Settings(UnaryOperator<String> properties) {
    this.properties = properties;
  }

  Optional<String> of(String name) {
    return Optional.ofNullable(properties.apply(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  Use use() {
    String value = of("berth.testcontainers").orElse("auto");
    return switch (value) {
      case "true" -> Use.ALWAYS;
      case "false" -> Use.NEVER;
      case "auto" -> Use.WITHOUT_DOCKER;
      default ->
          throw new InvalidInputException(
              "Invalid berth.testcontainers=" + value + ": use true, false or auto");
    };
  }

  Optional<Path> root() {
    return of("berth.root").map(Path::of);
  }

  Optional<String> mirror() {
    return of("berth.mirror");
  }

  List<Path> images() {
    return of("berth.images").stream()
        .flatMap(v -> Stream.of(v.split(File.pathSeparator)))
        .map(Path::of)
        .toList();
  }
}
