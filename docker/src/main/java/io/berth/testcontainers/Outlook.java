package io.berth.testcontainers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A first look at whether an engine of Berth's will be wanted, from what can be seen at once. It
 * decides nothing: Testcontainers asks {@link BerthClientProviderStrategy} when it has read all of
 * its settings.
 *
 * @param properties the system properties
 * @param environment the variables
 */
record Outlook(UnaryOperator<String> properties, Map<String, String> environment) {
  static Outlook here() {
    return new Outlook(System::getProperty, System.getenv());
  }

  boolean promising() {
    if (environment.containsKey("DOCKER_HOST") || "false".equals(setting("berth.process"))) {
      return false;
    }
    String use = setting("berth.testcontainers");
    return use == null || use.equals("auto") ? !isDockerHere() : use.equals("true");
  }

  private String setting(String name) {
    String property = properties.apply(name);
    String variable = "TESTCONTAINERS_" + name.toUpperCase(Locale.ROOT).replace('.', '_');
    return property != null ? property : environment.get(variable);
  }

  private boolean isDockerHere() {
    Path home = Path.of(properties.apply("user.home"));
    return Stream.of(
            Path.of("/var/run/docker.sock"),
            Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", "/run")).resolve("docker.sock"),
            home.resolve(".docker/run/docker.sock"),
            home.resolve(".docker/desktop/docker.sock"),
            home.resolve(".testcontainers.properties"))
        .anyMatch(Files::exists);
  }
}
