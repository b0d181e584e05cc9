package io.berth.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Who a process is and what it finds, in a new container or in one that runs. */
final class ProcessOptions {
  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME[=VALUE]",
      description = "Environment variable; without a value, this process's own")
  private List<String> env = List.of();

  @Option(names = "--env-file", paramLabel = "FILE", description = "File of environment variables")
  private List<Path> envFiles = List.of();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "Working directory in the container")
  private String workdir;

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER[:GROUP]",
      description = "User, and group, by name or number")
  private String user;

  /** Files first: the options on the command line win. */
  Map<String, String> env(Map<String, String> environment) throws IOException {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Path file : envFiles) {
      variables.putAll(EnvFile.read(file, environment));
    }
    for (String variable : env) {
      EnvFile.value(variable, environment)
          .ifPresent(value -> variables.put(EnvFile.name(variable), value));
    }
    return variables;
  }

  /** Passes on what was given. */
  void identity(Consumer<String> workdirTo, Consumer<String> userTo) {
    if (workdir != null) {
      workdirTo.accept(workdir);
    }
    if (user != null) {
      userTo.accept(user);
    }
  }
}
