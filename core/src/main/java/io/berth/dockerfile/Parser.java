package io.berth.dockerfile;

import io.berth.dockerfile.Instruction.Command;
import io.berth.dockerfile.Instruction.From;
import io.berth.dockerfile.Instruction.Pair;
import io.berth.dockerfile.LineReader.Logical;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Parses a Dockerfile, one instruction after the other. */
final class Parser {
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
  private static final Pattern HEREDOC = Pattern.compile("\\d*<<-?[\"']?[a-zA-Z_]");

  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern DURATION =
      Pattern.compile("0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+");

  private final LineReader reader;
  private final String file;
  private char escape;

  Parser(String text, String file) {
    this.reader = new LineReader(text, file);
    this.file = file;
  }

  Dockerfile parse() {
    List<Step> steps = new ArrayList<>();
    Set<String> stages = new HashSet<>();
    boolean begun = false;
    List<Logical> lines = reader.read();
    escape = reader.escape();
    for (Logical line : lines) {
      Instruction instruction = new InstructionParser(line).parse();
      if (instruction instanceof From from) {
        begun = true;
        if (from.name().isPresent() && !stages.add(from.name().get())) {
          throw error(line, 0, "the stage name " + from.name().get() + " is used twice");
        }
      } else if (!begun && !(instruction instanceof Instruction.Arg)) {
        throw error(
            line, 0, "expected FROM (only ARG may come before it), found " + instruction.keyword());
      }
      steps.add(new Step(instruction, Optional.of(new Location(file, line.first(), line.last()))));
    }
    if (!begun) {
      throw new DockerfileSyntaxException(
          file, 1, 1, "expected at least one FROM, found none", reader.line(1));
    }
    return new Dockerfile(escape, steps);
  }

  /** Parses instructions alone, in any order. */
  static List<Instruction> instructions(String text, char escape) {
    Parser parser = new Parser("# escape=" + escape + "\n" + text, "composed");
    List<Logical> lines = parser.reader.read();
    parser.escape = escape;
    List<Instruction> found = new ArrayList<>();
    for (Logical line : lines) {
      found.add(parser.new InstructionParser(line).parse());
    }
    return found;
  }

  /** An error at an offset of an instruction's text. */
  private DockerfileSyntaxException error(Logical line, int offset, String message) {
    LineReader.Piece piece = line.pieceAt(offset);
    String text = reader.line(piece.line());
    int column = Math.min(piece.column() + offset - piece.offset(), text.length() + 1);
    return new DockerfileSyntaxException(file, piece.line(), column, message, text);
  }

  /** Parses one logical line, or what follows ONBUILD. */
  private final class InstructionParser {
    private final Logical line;
    private final int start;
    private final String keyword;
    private Flags flags;

    InstructionParser(Logical line) {
      this(line, 0);
    }

    private InstructionParser(Logical line, int start) {
      this.line = line;
      this.start = start;
      int end = start;
      while (end < line.text().length() && !Character.isWhitespace(line.text().charAt(end))) {
        end++;
      }
      this.keyword = line.text().substring(start, end).toUpperCase(Locale.ROOT);
    }

    private DockerfileSyntaxException bad(String message) {
      return error(line, flags == null ? start : flags.restOffset(), message);
    }

    Instruction parse() {
      if (!KEYWORDS.contains(keyword)) {
        throw error(line, start, "unknown instruction " + keyword + suggestion());
      }
      flags = Flags.read(line.text(), start + keyword.length(), escape);
      flags
          .repeated()
          .ifPresent(
              name -> {
                throw error(
                    line, flags.offsets().get(name), "the flag --" + name + " is given twice");
              });
      Instruction result =
          switch (keyword) {
            case "FROM" -> from();
            case "RUN" -> new Instruction.Run(command("a command"));
            case "CMD" -> new Instruction.Cmd(command(""));
            case "ENTRYPOINT" -> new Instruction.Entrypoint(command(""));
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
      return result;
    }

    private String suggestion() {
      return KEYWORDS.stream()
          .filter(k -> distance(k, keyword) <= 2)
          .min(Comparator.comparingInt(k -> distance(k, keyword)))
          .map(k -> "; did you mean " + k + "?")
          .orElse("; known are " + String.join(", ", KEYWORDS));
    }

    /** The exec form; empty for the shell form. An array of other than strings is neither. */
    private Optional<List<String>> json(String text) {
      try {
        return JsonWords.parse(text);
      } catch (IllegalArgumentException e) {
        throw bad(e.getMessage());
      }
    }

    private void allowFlags(String... known) {
      for (Map.Entry<String, Integer> flag : flags.offsets().entrySet()) {
        if (!List.of(known).contains(flag.getKey())) {
          throw error(
              line,
              flag.getValue(),
              "unknown flag --"
                  + flag.getKey()
                  + " of "
                  + keyword
                  + (known.length == 0
                      ? ": it takes none"
                      : "; known are --" + String.join(", --", known)));
        }
        if (flags.get(flag.getKey()).orElse("").isEmpty()) {
          throw error(line, flag.getValue(), "expected a value: --" + flag.getKey() + "=VALUE");
        }
      }
    }

    private String text(String what) {
      allowFlags();
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

    private Command command(String required) {
      allowFlags();
      String rest = flags.rest();
      if (rest.isEmpty() && !required.isEmpty()) {
        throw bad("expected " + required + " after " + keyword + ", found the end of the line");
      }
      Optional<List<String>> args = json(rest);
      if (args.isPresent() && args.get().isEmpty() && !required.isEmpty()) {
        throw bad("expected " + required + " after " + keyword + ", found an empty array");
      }
      if (args.isEmpty()
          && keyword.equals("RUN")
          && Words.split(rest, escape).stream().anyMatch(w -> HEREDOC.matcher(w).lookingAt())) {
        throw bad("here-documents are not supported yet; write the lines with && and \\");
      }
      return args.<Command>map(Command.Exec::new)
          .orElseGet(() -> rest.isEmpty() ? new Command.Exec(List.of()) : new Command.Shell(rest));
    }

    private Instruction from() {
      allowFlags("platform");
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

    private List<String> paths() {
      List<String> words = json(flags.rest()).orElseGet(() -> Words.split(flags.rest(), escape));
      if (words.size() < 2) {
        throw bad(
            "expected " + keyword + " SOURCE... DESTINATION, found " + words.size() + " of them");
      }
      if (words.stream().anyMatch(w -> w.startsWith("<<"))) {
        throw bad("here-documents are not supported yet; put the text into a file of the context");
      }
      return words;
    }

    private Instruction copy() {
      allowFlags("from", "chown", "chmod");
      List<String> words = paths();
      int last = words.size() - 1;
      return new Instruction.Copy(
          words.subList(0, last),
          words.get(last),
          flags.get("from"),
          flags.get("chown"),
          flags.get("chmod"));
    }

    private Instruction add() {
      allowFlags("chown", "chmod");
      List<String> words = paths();
      int last = words.size() - 1;
      return new Instruction.Add(
          words.subList(0, last), words.get(last), flags.get("chown"), flags.get("chmod"));
    }

    /** {@code A=b C=d}, or the old form {@code A b c}, which has one name. */
    private List<Pair> pairs() {
      String text = text("NAME=VALUE");
      List<String> words = Words.split(text, escape);
      if (Words.equalsSign(words.get(0), escape) < 0) {
        int end = Words.wordEnd(text, 0, escape);
        String value = text.substring(end).strip();
        if (value.isEmpty()) {
          throw bad("expected " + keyword + " NAME=VALUE, found only " + text);
        }
        return List.of(new Pair(words.get(0), oldValue(value)));
      }
      List<Pair> pairs = new ArrayList<>();
      for (String word : words) {
        int equals = Words.equalsSign(word, escape);
        if (equals < 0) {
          throw bad("expected NAME=VALUE, found " + word + "; a value with blanks needs quotes");
        }
        if (equals == 0) {
          throw bad("expected a name before =, found " + word);
        }
        pairs.add(new Pair(word.substring(0, equals), word.substring(equals + 1)));
      }
      return pairs;
    }

    /** The value of the old form as one word: blanks outside of quotes are escaped. */
    private String oldValue(String value) {
      StringBuilder word = new StringBuilder();
      int i = 0;
      while (i < value.length()) {
        int end = Words.wordEnd(value, i, escape);
        word.append(value, i, end);
        while (end < value.length() && Character.isWhitespace(value.charAt(end))) {
          word.append(escape).append(value.charAt(end++));
        }
        i = end;
      }
      return word.toString();
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
      allowFlags("interval", "timeout", "start-period", "start-interval", "retries");
      String rest = flags.rest();
      if (rest.equalsIgnoreCase("NONE")) {
        return new Instruction.Healthcheck(Optional.empty(), Map.of());
      }
      if (rest.length() < 4
          || !rest.substring(0, 3).equalsIgnoreCase("CMD")
          || !Character.isWhitespace(rest.charAt(3))) {
        throw bad("expected HEALTHCHECK NONE or HEALTHCHECK [OPTIONS] CMD COMMAND, found " + rest);
      }
      flags.values().forEach(this::checkHealthOption);
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
      return new Instruction.Healthcheck(Optional.of(command), new TreeMap<>(flags.values()));
    }

    private void checkHealthOption(String name, String value) {
      boolean count = name.equals("retries");
      if (!(count ? COUNT : DURATION).matcher(value).matches()) {
        throw error(
            line,
            flags.offsets().get(name),
            "expected "
                + (count ? "a number such as 3" : "a time such as 30s or 1m30s")
                + " for --"
                + name
                + ", found "
                + value);
      }
    }

    private Instruction onBuild() {
      text("an instruction");
      Instruction inner = new InstructionParser(line, flags.restOffset()).parse();
      if (inner instanceof From
          || inner instanceof Instruction.OnBuild
          || inner instanceof Instruction.Maintainer) {
        throw bad(inner.keyword() + " is not allowed as an ONBUILD trigger");
      }
      return new Instruction.OnBuild(inner);
    }
  }

  /** Levenshtein's distance, where two neighbours that changed places count once. */
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
