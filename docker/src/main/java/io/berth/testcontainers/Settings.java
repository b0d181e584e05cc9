package io.berth.testcontainers;

import io.berth.error.InvalidInputException;
import io.berth.settings.EngineSettings;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What may be set, as system properties, in {@code ~/.testcontainers.properties}, or in the
 * environment with {@code TESTCONTAINERS_} in front, in capitals: {@code berth.testcontainers},
 * which is {@code true}, {@code false} or {@code auto} (the default: where no Docker is reachable),
 * {@code berth.process}, which is {@code false} for an engine inside of the test's JVM, and what
 * {@link EngineSettings} has.
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

  /** Whether the engine is to be in this JVM. */
  boolean inProcess() {
    String value = of("berth.process").orElse("true");
    if (!value.equals("true") && !value.equals("false")) {
      throw new InvalidInputException("Invalid berth.process=" + value + ": use true or false");
    }
    return value.equals("false");
  }

  /** How the engine is opened. */
  EngineSettings engine() {
    return engine;
  }

  /**
   * What an engine in a process of its own has to know of this JVM: where its files are, and how it
   * reaches registries.
   */
  static Map<String, String> ofThisJvm() {
    Map<String, String> all = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (Stream.of("http.", "https.", "java.net.", "javax.net.", "jna.").anyMatch(name::startsWith)
          || name.equals("java.io.tmpdir")
          || name.equals("user.home")) {
        all.put(name, System.getProperty(name));
      }
    }
    return all;
  }

  /** The settings that it opens its engine with. */
  Map<String, String> ofEngine() {
    Map<String, String> all = new TreeMap<>();
    EngineSettings.NAMES.forEach(name -> of(name).ifPresent(value -> all.put(name, value)));
    return all;
  }
}
