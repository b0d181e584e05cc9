package io.berth.dockerfile;

import io.berth.dockerfile.Instruction.From;
import io.berth.dockerfile.LineReader.Logical;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses a Dockerfile, one instruction after the other. */
final class Parser {
  private final LineReader reader;
  private final String file;

  Parser(String text, String file) {
    this.reader = new LineReader(text, file);
    this.file = file;
  }

  Dockerfile parse() {
    List<Logical> lines = reader.read();
    List<Step> steps = new ArrayList<>();
    SyntaxLint lint = new SyntaxLint(reader.escape());
    boolean begun = false;
    for (Logical line : lines) {
      Instruction instruction = new InstructionParser(reader, line).parse();
      if (instruction instanceof From) {
        begun = true;
      } else if (!begun && !(instruction instanceof Instruction.Arg)) {
        throw reader.error(
            line, 0, "expected FROM (only ARG may come before it), found " + instruction.keyword());
      }
      Location location = new Location(file, line.first(), line.last());
      lint.add(line, instruction, location);
      steps.add(new Step(instruction, Optional.of(location)));
    }
    if (!begun) {
      throw new DockerfileSyntaxException(
          file, 1, 1, "expected at least one FROM, found none", reader.line(1));
    }
    return new Dockerfile(reader.directives(), steps, lint.warnings());
  }

  /** Parses instructions alone, in any order. */
  static List<Instruction> instructions(String text, char escape) {
    LineReader reader = new LineReader("# escape=" + escape + "\n" + text, "composed");
    return reader.read().stream().map(line -> new InstructionParser(reader, line).parse()).toList();
  }
}
