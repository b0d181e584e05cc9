package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One instruction of a Dockerfile. What can hold variables is a <em>word</em>: text as in the
 * Dockerfile, with its quotes and {@code $variables}, which {@link ShellWords} expands.
 */
public sealed interface Instruction {

  /** The instruction's name in capitals, such as {@code COPY}. */
  String keyword();

  /** What follows the keyword, as a Dockerfile has it. */
  String arguments();

  /** The whole instruction as text. */
  default String text() {
    String arguments = arguments();
    boolean flagLike = arguments.startsWith("--") && Printing.hasNoFlags(this);
    return keyword() + (flagLike ? " -- " : " ") + arguments;
  }

  /** What RUN, CMD and ENTRYPOINT execute. */
  sealed interface Command {
    String text();

    /** A line for the shell. */
    record Shell(String line) implements Command {
      @Override
      public String text() {
        return line;
      }
    }

    /** Program and arguments, as they are. */
    record Exec(List<String> args) implements Command {
      public Exec {
        args = List.copyOf(args);
      }

      @Override
      public String text() {
        return JsonWords.print(args);
      }
    }
  }

  /**
   * @param image a word; {@code scratch}, an earlier stage, or an image
   * @param platform a word such as {@code linux/arm64}
   * @param name of the stage, in lower case
   */
  record From(String image, Optional<String> platform, Optional<String> name)
      implements Instruction {
    public From {
      Objects.requireNonNull(image, "image");
      name = name.map(n -> n.toLowerCase(Locale.ROOT));
    }

    @Override
    public String keyword() {
      return "FROM";
    }

    @Override
    public String arguments() {
      return platform.map(p -> "--platform=" + p + " ").orElse("")
          + image
          + name.map(n -> " AS " + n).orElse("");
    }
  }

  record Run(Command command) implements Instruction {
    @Override
    public String keyword() {
      return "RUN";
    }

    @Override
    public String arguments() {
      return command.text();
    }
  }

  record Cmd(Command command) implements Instruction {
    @Override
    public String keyword() {
      return "CMD";
    }

    @Override
    public String arguments() {
      return command.text();
    }
  }

  record Entrypoint(Command command) implements Instruction {
    @Override
    public String keyword() {
      return "ENTRYPOINT";
    }

    @Override
    public String arguments() {
      return command.text();
    }
  }

  /**
   * @param sources words; globs of paths in the context
   * @param destination a word
   * @param from a stage by name or number, or an image; the context when empty
   * @param chown a word such as {@code user:group}
   * @param chmod a word, an octal mode
   */
  record Copy(
      List<String> sources,
      String destination,
      Optional<String> from,
      Optional<String> chown,
      Optional<String> chmod)
      implements Instruction {
    public Copy {
      sources = List.copyOf(sources);
    }

    @Override
    public String keyword() {
      return "COPY";
    }

    @Override
    public String arguments() {
      return Printing.flag("from", from)
          + Printing.flag("chown", chown)
          + Printing.flag("chmod", chmod)
          + Printing.paths(sources, destination);
    }
  }

  /** Like {@link Copy}, from the context alone; local archives are unpacked. */
  record Add(
      List<String> sources, String destination, Optional<String> chown, Optional<String> chmod)
      implements Instruction {
    public Add {
      sources = List.copyOf(sources);
    }

    @Override
    public String keyword() {
      return "ADD";
    }

    @Override
    public String arguments() {
      return Printing.flag("chown", chown)
          + Printing.flag("chmod", chmod)
          + Printing.paths(sources, destination);
    }
  }

  /** A name and its value, both words. */
  record Pair(String name, String value) {
    public Pair {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
    }
  }

  /** Variables; the values of one instruction see the environment from before it. */
  record Env(List<Pair> pairs) implements Instruction {
    public Env {
      pairs = List.copyOf(pairs);
    }

    @Override
    public String keyword() {
      return "ENV";
    }

    @Override
    public String arguments() {
      return Printing.pairs(pairs);
    }
  }

  record Label(List<Pair> pairs) implements Instruction {
    public Label {
      pairs = List.copyOf(pairs);
    }

    @Override
    public String keyword() {
      return "LABEL";
    }

    @Override
    public String arguments() {
      return Printing.pairs(pairs);
    }
  }

  /** Build arguments, each with the word of its default, if any. */
  record Arg(List<Declaration> declarations) implements Instruction {
    public Arg {
      declarations = List.copyOf(declarations);
    }

    /** One of them. */
    public record Declaration(String name, Optional<String> value) {}

    @Override
    public String keyword() {
      return "ARG";
    }

    @Override
    public String arguments() {
      return declarations.stream()
          .map(d -> d.name() + d.value().map(v -> "=" + v).orElse(""))
          .collect(Collectors.joining(" "));
    }
  }

  record Workdir(String path) implements Instruction {
    @Override
    public String keyword() {
      return "WORKDIR";
    }

    @Override
    public String arguments() {
      return path;
    }
  }

  record User(String user) implements Instruction {
    @Override
    public String keyword() {
      return "USER";
    }

    @Override
    public String arguments() {
      return user;
    }
  }

  /** Ports: words such as {@code 80}, {@code 53/udp}, {@code 8000-8010}. */
  record Expose(List<String> ports) implements Instruction {
    public Expose {
      ports = List.copyOf(ports);
    }

    @Override
    public String keyword() {
      return "EXPOSE";
    }

    @Override
    public String arguments() {
      return String.join(" ", ports);
    }
  }

  record Volume(List<String> paths) implements Instruction {
    public Volume {
      paths = List.copyOf(paths);
    }

    @Override
    public String keyword() {
      return "VOLUME";
    }

    @Override
    public String arguments() {
      return JsonWords.print(paths);
    }
  }

  record StopSignal(String signal) implements Instruction {
    @Override
    public String keyword() {
      return "STOPSIGNAL";
    }

    @Override
    public String arguments() {
      return signal;
    }
  }

  /** The shell of the shell form, from here on. */
  record Shell(List<String> args) implements Instruction {
    public Shell {
      args = List.copyOf(args);
    }

    @Override
    public String keyword() {
      return "SHELL";
    }

    @Override
    public String arguments() {
      return JsonWords.print(args);
    }
  }

  /**
   * @param command empty for {@code HEALTHCHECK NONE}
   * @param options interval, timeout, start-period, start-interval (Go durations) and retries
   */
  record Healthcheck(Optional<Command> command, Map<String, String> options)
      implements Instruction {
    public Healthcheck {
      options = Map.copyOf(options);
    }

    @Override
    public String keyword() {
      return "HEALTHCHECK";
    }

    @Override
    public String arguments() {
      List<String> flags = new ArrayList<>();
      options.forEach((name, value) -> flags.add("--" + name + "=" + value + " "));
      return String.join("", flags.stream().sorted().toList())
          + command.map(c -> "CMD " + c.text()).orElse("NONE");
    }
  }

  /** For images that are built on this one. */
  record OnBuild(Instruction instruction) implements Instruction {
    @Override
    public String keyword() {
      return "ONBUILD";
    }

    @Override
    public String arguments() {
      return instruction.text();
    }
  }

  /** The author; a label has taken its place. */
  record Maintainer(String name) implements Instruction {
    @Override
    public String keyword() {
      return "MAINTAINER";
    }

    @Override
    public String arguments() {
      return name;
    }
  }
}
