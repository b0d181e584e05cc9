package io.berth.image;

import com.fasterxml.jackson.databind.node.TextNode;
import io.berth.dockerfile.Command;
import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.Instruction;
import io.berth.dockerfile.Pair;
import io.berth.dockerfile.ShellWords;
import io.berth.dockerfile.Step;
import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.oci.RunConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The instructions that change nothing but the configuration, for builds and imports. */
public final class ConfigInstructions {
  private ConfigInstructions() {}

  /**
   * What an instruction came to.
   *
   * @param createdBy its text in the history, as BuildKit writes it
   */
  public record Change(RunConfig config, String createdBy) {}

  /**
   * Applies an instruction.
   *
   * @param words expands its variables
   * @return empty when the instruction does more than to change the configuration
   */
  public static Optional<Change> apply(
      RunConfig config, Instruction instruction, ShellWords words) {
    RunConfig.Builder next = config.toBuilder();
    String text;
    if (instruction instanceof Instruction.Env env) {
      Map<String, String> pairs = pairs(env.pairs(), words);
      next = ConfigChanges.env(config, pairs).toBuilder();
      text = "ENV " + print(pairs);
    } else if (instruction instanceof Instruction.Label label) {
      Map<String, String> pairs = pairs(label.pairs(), words);
      next = ConfigChanges.label(config, pairs).toBuilder();
      text = "LABEL " + print(pairs);
    } else if (instruction instanceof Instruction.Cmd cmd) {
      List<String> args = command(config, cmd.command());
      next.cmd(args);
      text = "CMD " + print(args);
    } else if (instruction instanceof Instruction.Entrypoint entrypoint) {
      List<String> args = command(config, entrypoint.command());
      next.entrypoint(args);
      text = "ENTRYPOINT " + print(args);
    } else if (instruction instanceof Instruction.User user) {
      String name = words.expand(user.user());
      next.user(name);
      text = "USER " + name;
    } else if (instruction instanceof Instruction.Expose expose) {
      List<String> ports = expose.ports().stream().flatMap(p -> words.split(p).stream()).toList();
      next = ConfigChanges.expose(config, ports).toBuilder();
      text =
          "EXPOSE "
              + ports.stream()
                  .flatMap(port -> Ports.parse(port).stream())
                  .collect(Collectors.toCollection(TreeSet::new));
    } else if (instruction instanceof Instruction.Volume volume) {
      List<String> paths = volume.paths().stream().map(words::expand).toList();
      next = ConfigChanges.volume(config, paths).toBuilder();
      text = "VOLUME " + paths;
    } else if (instruction instanceof Instruction.StopSignal signal) {
      String name = words.expand(signal.signal());
      next.stopSignal(name);
      text = "STOPSIGNAL " + name;
    } else if (instruction instanceof Instruction.Shell shell) {
      next.shell(shell.args());
      text = "SHELL " + shell.args();
    } else if (instruction instanceof Instruction.Healthcheck check) {
      next.healthcheck(HealthcheckOptions.of(check));
      text = check.text();
    } else if (instruction instanceof Instruction.OnBuild later) {
      next.onBuild(Stream.concat(config.onBuild().stream(), Stream.of(later.arguments())).toList());
      text = later.text();
    } else {
      return Optional.empty();
    }
    return Optional.of(new Change(next.build(), text));
  }

  /** Applies instructions given as text, as {@code docker import --change} takes them. */
  static RunConfig applyAll(RunConfig config, List<String> instructions) {
    RunConfig next = config;
    for (String text : instructions) {
      Instruction instruction = parse(text);
      RunConfig before = next;
      ShellWords words =
          new ShellWords('\\', name -> Optional.ofNullable(before.envMap().get(name)));
      if (instruction instanceof Instruction.Workdir workdir) {
        next = ConfigChanges.workdir(next, words.expand(workdir.path()));
      } else {
        next =
            apply(next, instruction, words)
                .orElseThrow(
                    () ->
                        new InvalidInputException(
                            "Cannot apply the change \""
                                + text
                                + "\": expected an instruction for the configuration, such as"
                                + " CMD, ENV or WORKDIR"))
                .config();
      }
    }
    return next;
  }

  /** The one instruction that a text holds. */
  public static Instruction parse(String text) {
    List<Step> steps = Dockerfile.parse("FROM scratch\n" + text + "\n", "change").steps();
    if (steps.size() != 2) {
      throw new InvalidInputException(
          "Expected one instruction, such as CMD [\"sh\"], found \"" + text + "\"");
    }
    return steps.get(1).instruction();
  }

  /** What a command runs, in its shell when it is a line for the shell. */
  public static List<String> command(RunConfig config, Command command) {
    if (command instanceof Command.Exec exec) {
      return exec.args();
    }
    return ConfigChanges.shellCommand(config, command.text());
  }

  private static Map<String, String> pairs(List<Pair> pairs, ShellWords words) {
    Map<String, String> expanded = new LinkedHashMap<>();
    pairs.forEach(pair -> expanded.put(words.expand(pair.name()), words.expand(pair.value())));
    return expanded;
  }

  private static String print(Map<String, String> pairs) {
    return pairs.entrySet().stream()
        .map(pair -> pair.getKey() + "=" + pair.getValue())
        .collect(Collectors.joining(" "));
  }

  private static String print(List<String> args) {
    return args.stream()
        .map(arg -> Json.toString(TextNode.valueOf(arg)))
        .collect(Collectors.joining(" ", "[", "]"));
  }
}
