package io.berth.testcontainers;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.settings.EngineSettings;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What may be set, as system properties, in {@code ~/.testcontainers.properties}, or in the
 * environment with {@code TESTCONTAINERS_} in front, in capitals: {@code berth.testcontainers},
 * which is {@code true}, {@code false} or {@code auto} (the default: where no Docker is reachable),
 * and what {@link EngineSettings} has.
 */
final class Settings {
  /** When Berth is used. */
  enum Use {
    ALWAYS,
    WITHOUT_DOCKER,
    NEVER
  }

  private final EngineSettings engine;

  /**
   * @param properties the value of a property, or null
   */
  Settings(UnaryOperator<String> properties) {
    this.engine = new EngineSettings(properties);
  }

  Optional<String> of(String name) {
    return engine.of(name);
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

  Engine open() {
    return engine.open();
  }
}
