package io.berth.dockerfile;

import io.berth.dockerfile.Flags.Flag;
import io.berth.dockerfile.Instruction.From;
import io.berth.dockerfile.LineReader.Logical;
import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Parses one logical line, or what follows ONBUILD. */
final class InstructionParser {
  private static final List<String> KEYWORDS =
      List.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");
  private static final Pattern STAGE_NAME = Pattern.compile("[a-z][a-z0-9._-]*");
  private final LineReader reader;
  private final Logical line;
  private final char escape;
  private final int start;
  private final String keyword;
  private Flags flags;
  private FlagRules rules;

  InstructionParser(LineReader reader, Logical line) {
    this(reader, line, 0);
  }

  private InstructionParser(LineReader reader, Logical line, int start) {
    this.reader = reader;
    this.line = line;
    this.escape = reader.escape();
    this.start = start;
    int end = start;
    while (end < line.text().length() && !Character.isWhitespace(line.text().charAt(end))) {
      end++;
    }
    this.keyword = line.text().substring(start, end).toUpperCase(Locale.ROOT);
  }

  private DockerfileSyntaxException bad(String message) {
    return error(flags == null ? start : flags.restOffset(), message);
  }

  private DockerfileSyntaxException error(int offset, String message) {
    return reader.error(line, offset, message);
  }

  Instruction parse() {
    if (!KEYWORDS.contains(keyword)) {
      throw error(
          start, "unknown instruction " + keyword + Suggestion.of(keyword, KEYWORDS, "known are "));
    }
    flags = Flags.read(line.text(), start + keyword.length(), escape);
    rules = new FlagRules(keyword, flags, this::error);
    return switch (keyword) {
      case "FROM" -> from();
      case "RUN" -> run();
      case "CMD" -> new Instruction.Cmd(plainCommand());
      case "ENTRYPOINT" -> new Instruction.Entrypoint(plainCommand());
      case "COPY" -> copy();
      case "ADD" -> add();
      case "ENV" -> new Instruction.Env(pairs());
      case "LABEL" -> new Instruction.Label(pairs());
      case "ARG" -> arg();
      case "WORKDIR" -> new Instruction.Workdir(text("a directory"));
      case "USER" -> new Instruction.User(one("a user"));
      case "EXPOSE" -> new Instruction.Expose(words("a port"));
      case "VOLUME" -> new Instruction.Volume(volume());
      case "STOPSIGNAL" -> new Instruction.StopSignal(one("a signal"));
      case "SHELL" -> shell();
      case "HEALTHCHECK" -> healthcheck();
      case "ONBUILD" -> onBuild();
      default -> new Instruction.Maintainer(text("a name"));
    };
  }

  /** The exec form; empty for the shell form. An array of other than strings is neither. */
  private Optional<List<String>> json(String text) {
    try {
      return JsonWords.parse(text);
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    }
  }

  private String text(String what) {
    rules.check();
    if (flags.rest().isEmpty()) {
      throw bad("expected " + what + " after " + keyword + ", found the end of the line");
    }
    return flags.rest();
  }

  private List<String> words(String what) {
    return Words.split(text(what), escape);
  }

  private String one(String what) {
    List<String> words = words(what);
    if (words.size() > 1) {
      throw bad(
          "expected " + what + " alone after " + keyword + ", found " + words.size() + " words");
    }
    return words.get(0);
  }

  private Command plainCommand() {
    rules.check();
    return command("", List.of());
  }

  private Command command(String required, List<Heredoc> heredocs) {
    String rest = flags.rest();
    if (rest.isEmpty() && !required.isEmpty()) {
      throw bad("expected " + required + " after " + keyword + ", found the end of the line");
    }
    Optional<List<String>> args = json(rest);
    if (args.isPresent() && args.get().isEmpty() && !required.isEmpty()) {
      throw bad("expected " + required + " after " + keyword + ", found an empty array");
    }
    return args.<Command>map(Command.Exec::new)
        .orElseGet(
            () -> rest.isEmpty() ? new Command.Exec(List.of()) : new Command.Shell(rest, heredocs));
  }

  private Instruction run() {
    rules.value("network", "security").values("mount", "device").check();
    List<RunMount> mounts = new ArrayList<>();
    for (Flag flag : flags.all()) {
      if (flag.name().equals("mount")) {
        mounts.add(mount(flag));
      }
    }
    rules.oneOf("network", "default", "none", "host");
    rules.oneOf("security", "sandbox", "insecure");
    return new Instruction.Run(
        command("a command", line.heredocs()),
        mounts,
        flags.get("network"),
        flags.get("security"),
        flags.values("device"));
  }

  /** A mount with variables is checked when their values are known. */
  private RunMount mount(Flag flag) {
    RunMount mount = new RunMount(flag.value().orElseThrow());
    try {
      if (mount.from(escape).indexOf('$') >= 0) {
        throw new InvalidInputException(
            "from takes no variables in --mount; begin a stage with FROM ... AS NAME and name that");
      }
      if (!mount.hasVariables()) {
        MountOptions.of(mount, escape, value -> value);
      }
    } catch (InvalidInputException e) {
      throw error(flag.offset(), e.getMessage());
    }
    return mount;
  }

  private Instruction from() {
    rules.value("platform").check();
    List<String> words = Words.split(flags.rest(), escape);
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      throw bad("expected FROM IMAGE [AS NAME], found FROM " + flags.rest());
    }
    Optional<String> name =
        named ? Optional.of(words.get(2).toLowerCase(Locale.ROOT)) : Optional.empty();
    if (name.isPresent() && !STAGE_NAME.matcher(name.get()).matches()) {
      throw bad(
          "invalid stage name "
              + words.get(2)
              + ": expected a letter, then letters, digits and - _ .");
    }
    return new From(words.get(0), flags.get("platform"), name);
  }

  private Instruction copy() {
    rules.value("from", "chown", "chmod").toggle("link", "parents").values("exclude").check();
    return new Instruction.Copy(transfer(), flags.get("from"), flags.is("parents").orElse(false));
  }

  private Instruction add() {
    rules
        .value("chown", "chmod", "checksum")
        .toggle("link", "keep-git-dir", "unpack")
        .values("exclude")
        .check();
    return new Instruction.Add(
        transfer(),
        flags.get("checksum"),
        flags.is("keep-git-dir").orElse(false),
        flags.is("unpack"));
  }

  private Transfer transfer() {
    Optional<List<String>> json = json(flags.rest());
    List<String> words =
        json.orElseGet(() -> Words.split(Heredoc.joinMarkers(flags.rest()), escape));
    if (words.size() < 2) {
      throw bad(
          "expected " + keyword + " SOURCE... DESTINATION, found " + words.size() + " of them");
    }
    String destination = words.get(words.size() - 1);
    List<String> sources = new ArrayList<>(words.subList(0, words.size() - 1));
    List<Heredoc> files = new ArrayList<>();
    if (json.isEmpty()) {
      if (Heredoc.marker(destination).isPresent()) {
        throw bad("expected a path as the destination, found the here-document " + destination);
      }
      sources.removeIf(source -> Heredoc.marker(source).isPresent());
      files.addAll(line.heredocs());
    }
    return new Transfer(
        sources,
        files,
        destination,
        flags.get("chown"),
        flags.get("chmod"),
        flags.is("link").orElse(false),
        flags.values("exclude"));
  }

  private List<Pair> pairs() {
    try {
      return Pairs.parse(keyword, text("NAME=VALUE"), escape);
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    }
  }

  private Instruction arg() {
    List<Instruction.Arg.Declaration> all = new ArrayList<>();
    for (String word : words("NAME or NAME=DEFAULT")) {
      int equals = Words.equalsSign(word, escape);
      String name = equals < 0 ? word : word.substring(0, equals);
      if (name.isEmpty()) {
        throw bad("expected a name before =, found " + word);
      }
      all.add(
          new Instruction.Arg.Declaration(
              name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
    }
    return new Instruction.Arg(all);
  }

  private List<String> volume() {
    String text = text("a directory");
    List<String> paths = json(text).orElseGet(() -> Words.split(text, escape));
    if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
      throw bad("expected directories after VOLUME, found an empty one");
    }
    return paths;
  }

  private Instruction shell() {
    String text = text("a JSON array");
    List<String> args =
        json(text)
            .filter(a -> !a.isEmpty())
            .orElseThrow(
                () -> bad("expected SHELL [\"PROGRAM\", \"ARGUMENT\"] in JSON, found " + text));
    return new Instruction.Shell(args);
  }

  private Instruction healthcheck() {
    rules.value("interval", "timeout", "start-period", "start-interval", "retries").check();
    String rest = flags.rest();
    if (rest.equalsIgnoreCase("NONE")) {
      return new Instruction.Healthcheck(Optional.empty(), Map.of());
    }
    if (rest.length() < 4
        || !rest.substring(0, 3).equalsIgnoreCase("CMD")
        || !Character.isWhitespace(rest.charAt(3))) {
      throw bad("expected HEALTHCHECK NONE or HEALTHCHECK [OPTIONS] CMD COMMAND, found " + rest);
    }
    rules.checkHealthOptions();
    String text = rest.substring(3).strip();
    Command command =
        json(text)
            .map(
                args -> {
                  if (args.isEmpty()) {
                    throw bad("expected a command after HEALTHCHECK CMD, found an empty array");
                  }
                  return args;
                })
            .<Command>map(Command.Exec::new)
            .orElseGet(() -> new Command.Shell(text));
    return new Instruction.Healthcheck(Optional.of(command), new TreeMap<>(flags.map()));
  }

  private Instruction onBuild() {
    text("an instruction");
    Instruction inner = new InstructionParser(reader, line, flags.restOffset()).parse();
    if (inner instanceof From
        || inner instanceof Instruction.OnBuild
        || inner instanceof Instruction.Maintainer) {
      throw bad(inner.keyword() + " is not allowed as an ONBUILD trigger");
    }
    return new Instruction.OnBuild(inner);
  }
}
