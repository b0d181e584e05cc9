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

  /** The instruction on one line, for people: of here-documents the beginning alone. */
  default String summary() {
    String text = text();
    int end = text.indexOf('\n');
    if (end < 0) {
      return text;
    }
    String first = text.substring(end + 1).lines().findFirst().orElse("");
    boolean more = text.indexOf('\n', end + 1 + first.length() + 1) >= 0;
    return text.substring(0, end) + " (" + first.strip() + (more ? "..." : "") + ")";
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
      return Printing.flag("platform", platform) + image + name.map(n -> " AS " + n).orElse("");
    }
  }

  /**
   * @param network {@code default}, {@code none} or {@code host}
   * @param security {@code sandbox} or {@code insecure}
   * @param devices as the Container Device Interface names them
   */
  record Run(
      Command command,
      List<RunMount> mounts,
      Optional<String> network,
      Optional<String> security,
      List<String> devices)
      implements Instruction {
    public Run {
      mounts = List.copyOf(mounts);
      devices = List.copyOf(devices);
    }

    public Run(Command command) {
      this(command, List.of(), Optional.empty(), Optional.empty(), List.of());
    }

    /** This with one more mount. */
    public Run with(RunMount mount) {
      List<RunMount> more = new ArrayList<>(mounts);
      more.add(mount);
      return new Run(command, more, network, security, devices);
    }

    @Override
    public String keyword() {
      return "RUN";
    }

    @Override
    public String arguments() {
      String text = command.text();
      return Printing.flags("mount", mounts.stream().map(RunMount::text).toList())
          + Printing.flag("network", network)
          + Printing.flag("security", security)
          + Printing.flags("device", devices)
          + (text.startsWith("--") ? "-- " : "")
          + text;
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
   * @param from a stage by name or number, an image or a named context; the context when empty
   * @param parents whether the directories of the sources are kept
   */
  record Copy(Transfer what, Optional<String> from, boolean parents) implements Instruction {
    public Copy(Transfer what) {
      this(what, Optional.empty(), false);
    }

    @Override
    public String keyword() {
      return "COPY";
    }

    @Override
    public String arguments() {
      return Printing.flag("from", from)
          + what.flags()
          + (parents ? "--parents " : "")
          + what.paths();
    }
  }

  /**
   * Like {@link Copy} from the context; sources may be URLs and git repositories, and local
   * archives are unpacked.
   *
   * @param checksum a word: the digest or commit that the only source must have
   * @param keepGitDir whether a git repository keeps its {@code .git}
   * @param unpack whether archives are unpacked; local ones alone when empty
   */
  record Add(Transfer what, Optional<String> checksum, boolean keepGitDir, Optional<Boolean> unpack)
      implements Instruction {
    public Add(Transfer what) {
      this(what, Optional.empty(), false, Optional.empty());
    }

    @Override
    public String keyword() {
      return "ADD";
    }

    @Override
    public String arguments() {
      return what.flags()
          + Printing.flag("checksum", checksum)
          + (keepGitDir ? "--keep-git-dir " : "")
          + Printing.flag("unpack", unpack.map(String::valueOf))
          + what.paths();
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
      options.forEach((name, value) -> flags.add(Printing.flag(name, value)));
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
