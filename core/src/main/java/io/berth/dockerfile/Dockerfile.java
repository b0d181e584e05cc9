package io.berth.dockerfile;

import io.berth.dockerfile.Instruction.Add;
import io.berth.dockerfile.Instruction.Arg;
import io.berth.dockerfile.Instruction.Cmd;
import io.berth.dockerfile.Instruction.Copy;
import io.berth.dockerfile.Instruction.Entrypoint;
import io.berth.dockerfile.Instruction.Env;
import io.berth.dockerfile.Instruction.Expose;
import io.berth.dockerfile.Instruction.From;
import io.berth.dockerfile.Instruction.Label;
import io.berth.dockerfile.Instruction.Run;
import io.berth.dockerfile.Instruction.User;
import io.berth.dockerfile.Instruction.Workdir;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A Dockerfile, composed or parsed; immutable.
 *
 * <pre>{@code
 * Dockerfile redis = Dockerfile.from("debian:12")
 *     .run("apt-get update && apt-get install -y redis")
 *     .copy("redis.conf", "/etc/redis.conf")
 *     .entrypoint("redis-server", "/etc/redis.conf");
 * }</pre>
 *
 * <p>Text given to the composing methods is taken as it is: a {@code $} in an {@code env} value is
 * a dollar sign. In a parsed file it begins a variable. RUN, and the shell forms, are for the
 * shell.
 */
public final class Dockerfile {
  private final Directives directives;
  private final List<Step> steps;
  private final List<LintWarning> warnings;

  Dockerfile(Directives directives, List<Step> steps, List<LintWarning> warnings) {
    this.directives = directives;
    this.steps = List.copyOf(steps);
    this.warnings = List.copyOf(warnings);
  }

  /** Begins with a base image, an earlier stage, or {@code scratch}. */
  public static Dockerfile from(String image) {
    return new Dockerfile(Directives.NONE, List.of(), List.of())
        .with(new From(image, Optional.empty(), Optional.empty()));
  }

  /**
   * Parses a Dockerfile.
   *
   * @param file its name, for error messages
   * @throws DockerfileSyntaxException saying where and what is wrong
   */
  public static Dockerfile parse(String text, String file) {
    return new Parser(text, file).parse();
  }

  /**
   * Reads and parses a Dockerfile.
   *
   * @throws NotFoundException when there is no such file
   */
  public static Dockerfile read(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return parse(text, file.getFileName().toString());
    } catch (NoSuchFileException e) {
      throw new NotFoundException(
          "No Dockerfile at " + file + ": create it, or name another with file(...)", e);
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /**
   * This, and one more instruction.
   *
   * @throws InvalidInputException when no Dockerfile can say it, such as a line feed in a value
   */
  public Dockerfile with(Instruction instruction) {
    checkWritable(instruction);
    List<Step> more = new ArrayList<>(steps);
    more.add(new Step(instruction, Optional.empty()));
    return new Dockerfile(directives, more, warnings);
  }

  /** Begins one more stage. */
  public Dockerfile stage(String image, String name) {
    return with(new From(image, Optional.empty(), Optional.of(name)));
  }

  /** Gives the stage that was begun last a name. */
  public Dockerfile as(String name) {
    List<Step> more = new ArrayList<>(steps);
    for (int i = more.size(); i-- > 0; ) {
      if (more.get(i).instruction() instanceof From f) {
        From named = new From(f.image(), f.platform(), Optional.of(name));
        checkWritable(named);
        more.set(i, new Step(named, more.get(i).location()));
        return new Dockerfile(directives, more, warnings);
      }
    }
    throw new IllegalStateException("no stage to name");
  }

  private Command shell(String text) {
    int end = text.indexOf('\n');
    if (end < 0 || Heredoc.announced(text.substring(0, end)).isEmpty()) {
      return new Command.Shell(text);
    }
    List<Instruction> parsed = Parser.instructions("RUN " + text, escape());
    return parsed.size() == 1 && parsed.get(0) instanceof Run run
        ? run.command()
        : new Command.Shell(text);
  }

  /** RUN of a program without a shell. */
  public Dockerfile run(List<String> args) {
    return with(new Run(new Command.Exec(args)));
  }

  /**
   * RUN of a line for the shell, with here-documents if it has them.
   *
   * @param mounts what is mounted while it runs
   */
  public Dockerfile run(String line, RunMount... mounts) {
    Run run = new Run(shell(line.strip()));
    for (RunMount mount : mounts) {
      run = run.with(mount);
    }
    return with(run);
  }

  /** COPY of a file, directory or glob of the context. */
  public Dockerfile copy(String source, String destination) {
    return copy(List.of(source), destination);
  }

  public Dockerfile copy(List<String> sources, String destination) {
    return with(new Copy(Transfer.of(quoted(sources), word(destination))));
  }

  /**
   * COPY of a text that is in the Dockerfile itself.
   *
   * @param name of the file; also what ends the text, so no line of it
   */
  public Dockerfile copyText(String name, String content, String destination) {
    return with(
        new Copy(
            new Transfer(
                List.of(),
                List.of(Heredoc.file(name, content)),
                word(destination),
                Optional.empty(),
                Optional.empty(),
                false,
                List.of())));
  }

  /** COPY from a stage or image. */
  public Dockerfile copyFrom(String from, String source, String destination) {
    Transfer what = Transfer.of(quoted(List.of(source)), word(destination));
    return with(new Copy(what, Optional.of(from), false));
  }

  /** ADD of a file, directory or archive of the context, a URL, or a git repository. */
  public Dockerfile add(String source, String destination) {
    return with(new Add(Transfer.of(quoted(List.of(source)), word(destination))));
  }

  public Dockerfile env(String name, String value) {
    return with(new Env(List.of(new Pair(name, word(value)))));
  }

  public Dockerfile label(String name, String value) {
    return with(new Label(List.of(new Pair(word(name), word(value)))));
  }

  public Dockerfile arg(String name) {
    return with(new Arg(List.of(new Arg.Declaration(name, Optional.empty()))));
  }

  public Dockerfile arg(String name, String value) {
    return with(new Arg(List.of(new Arg.Declaration(name, Optional.of(word(value))))));
  }

  public Dockerfile workdir(String path) {
    return with(new Workdir(word(path)));
  }

  public Dockerfile user(String user) {
    return with(new User(word(user)));
  }

  public Dockerfile expose(int port) {
    return with(new Expose(List.of(Integer.toString(port))));
  }

  /** CMD in exec form. */
  public Dockerfile cmd(String... args) {
    return with(new Cmd(new Command.Exec(List.of(args))));
  }

  /** ENTRYPOINT in exec form. */
  public Dockerfile entrypoint(String... args) {
    return with(new Entrypoint(new Command.Exec(List.of(args))));
  }

  private String word(String text) {
    return ShellWords.quote(text, escape());
  }

  /** What is composed must mean the same when it is printed and parsed. */
  private void checkWritable(Instruction instruction) {
    String text = instruction.text();
    List<Instruction> parsed;
    try {
      parsed = Parser.instructions(text, escape());
    } catch (DockerfileSyntaxException e) {
      throw new InvalidInputException("No instruction of a Dockerfile: " + e.getMessage(), e);
    }
    if (!parsed.equals(List.of(instruction))) {
      throw new InvalidInputException(
          "A Dockerfile cannot say this "
              + instruction.keyword()
              + ": "
              + text
              + (text.indexOf('\n') < 0
                  ? " (it would be read as " + parsed + ")"
                  : " (line feeds end an instruction; join commands with &&)"));
    }
  }

  private List<String> quoted(List<String> words) {
    return words.stream().map(this::word).toList();
  }

  /** The escape character: {@code \} or {@code `}. */
  public char escape() {
    return directives.escape();
  }

  /** The image of the directive {@code # syntax=}, which is for other builders. */
  public Optional<String> syntax() {
    return directives.syntax();
  }

  /** Which warnings are wanted: the directive {@code # check=}. */
  public Checks checks() {
    return directives.check().map(Checks::parse).orElseGet(Checks::defaults);
  }

  /** What is allowed and most often a mistake, as far as the text alone shows it. */
  public List<LintWarning> warnings() {
    return checks().filter(warnings);
  }

  /** The warnings of all rules, wanted or not. */
  public List<LintWarning> allWarnings() {
    return warnings;
  }

  /** All instructions, in order. */
  public List<Step> steps() {
    return steps;
  }

  /** The ARGs before the first FROM. */
  public List<Step> globalArgs() {
    return steps.stream().takeWhile(s -> !(s.instruction() instanceof From)).toList();
  }

  /** The stages, in order; there is at least one. */
  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    for (int i = globalArgs().size(); i < steps.size(); ) {
      int end = i + 1;
      while (end < steps.size() && !(steps.get(end).instruction() instanceof From)) {
        end++;
      }
      From from = (From) steps.get(i).instruction();
      stages.add(
          new Stage(stages.size(), from, steps.get(i).location(), steps.subList(i + 1, end)));
      i = end;
    }
    return stages;
  }

  /** A Dockerfile that parses to one equal to this. */
  @Override
  public String toString() {
    return steps.stream()
        .map(s -> s.instruction().text() + "\n")
        .collect(Collectors.joining("", directives.text(), ""));
  }

  /** Whether the instructions are the same, wherever they stand. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Dockerfile d
        && d.directives.equals(directives)
        && d.instructions().equals(instructions());
  }

  @Override
  public int hashCode() {
    return instructions().hashCode();
  }

  private List<Instruction> instructions() {
    return steps.stream().map(Step::instruction).toList();
  }
}
