package io.berth.image;

import io.berth.error.InvalidInputException;
import io.berth.oci.RunConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the instructions of a Dockerfile that change nothing but the configuration do to it, their
 * variables expanded. Shared by builds and imports.
 */
public final class ConfigChanges {
  private static final List<String> DEFAULT_SHELL = List.of("/bin/sh", "-c");

  private ConfigChanges() {}

  /** The command that runs a line of shell: the one of SHELL, or {@code /bin/sh -c}. */
  public static List<String> shellCommand(RunConfig config, String line) {
    List<String> command = new ArrayList<>(shell(config));
    command.add(line);
    return List.copyOf(command);
  }

  /** The shell of SHELL, or {@code /bin/sh -c}. */
  public static List<String> shell(RunConfig config) {
    return config.shell().isEmpty() ? DEFAULT_SHELL : config.shell();
  }

  public static RunConfig env(RunConfig config, Map<String, String> variables) {
    RunConfig.Builder next = config.toBuilder();
    variables.forEach(next::env);
    return next.build();
  }

  public static RunConfig label(RunConfig config, Map<String, String> labels) {
    RunConfig.Builder next = config.toBuilder();
    labels.forEach(next::label);
    return next.build();
  }

  /**
   * @param ports such as {@code 80}, {@code 53/udp}, {@code 8000-8010}
   */
  public static RunConfig expose(RunConfig config, List<String> ports) {
    RunConfig.Builder next = config.toBuilder();
    ports.forEach(port -> Ports.parse(port).forEach(next::exposePort));
    return next.build();
  }

  public static RunConfig volume(RunConfig config, List<String> paths) {
    RunConfig.Builder next = config.toBuilder();
    for (String path : paths) {
      if (path.isBlank()) {
        throw new InvalidInputException("Invalid volume: expected a path, found nothing");
      }
      next.volume(path);
    }
    return next.build();
  }

  /** The working directory after WORKDIR, as an absolute path. */
  public static String absolute(RunConfig config, String path) {
    String joined = path.startsWith("/") ? path : config.workingDir().orElse("/") + "/" + path;
    List<String> parts = new ArrayList<>();
    for (String part : joined.split("/")) {
      if (part.equals("..")) {
        if (!parts.isEmpty()) {
          parts.remove(parts.size() - 1);
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  public static RunConfig workdir(RunConfig config, String path) {
    // As docker has it, a path that is absolute stays as it was written.
    return config.toBuilder()
        .workingDir(path.startsWith("/") ? path : absolute(config, path))
        .build();
  }
}
