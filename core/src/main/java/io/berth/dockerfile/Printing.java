package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the parts of instructions are written. */
final class Printing {
  private Printing() {}

  /** Whether text that begins with {@code --} is not meant as a flag. */
  static boolean hasNoFlags(Instruction instruction) {
    return instruction instanceof Instruction.Cmd
        || instruction instanceof Instruction.Entrypoint
        || instruction instanceof Instruction.Workdir
        || instruction instanceof Instruction.User
        || instruction instanceof Instruction.Maintainer;
  }

  static String flag(String name, Optional<String> value) {
    return value.map(v -> flag(name, v)).orElse("");
  }

  static String flag(String name, String value) {
    return "--" + name + "=" + value + " ";
  }

  static String flags(String name, List<String> values) {
    return values.stream().map(v -> flag(name, v)).collect(Collectors.joining());
  }

  /** What follows the line that announces here-documents. */
  static String heredocs(List<Heredoc> heredocs) {
    return heredocs.stream()
        .map(each -> "\n" + each.content() + each.name())
        .collect(Collectors.joining());
  }

  static String pairs(List<Pair> pairs) {
    return pairs.stream().map(p -> p.name() + "=" + p.value()).collect(Collectors.joining(" "));
  }

  /**
   * Sources and destination, in JSON form where one has a space, or would look like JSON or like a
   * here-document.
   *
   * @param files whether there are here-documents, which have no JSON form
   */
  static String paths(List<String> sources, String destination, boolean files) {
    List<String> all = new ArrayList<>(sources);
    all.add(destination);
    boolean json =
        !files
            && (all.get(0).startsWith("[")
                || all.get(0).startsWith("--")
                || !isSplitAsItIs(all)
                || all.stream()
                    .anyMatch(
                        w ->
                            w.isEmpty()
                                || w.contains("<<")
                                || w.chars().anyMatch(Character::isWhitespace)));
    return json ? JsonWords.print(all) : String.join(" ", all);
  }

  /** Whether words stay the same with blanks between them; a quote in one may hide the blanks. */
  private static boolean isSplitAsItIs(List<String> words) {
    String line = String.join(" ", words);
    return !line.endsWith("\\")
        && !line.endsWith("`")
        && Words.split(line, '\\').equals(words)
        && Words.split(line, '`').equals(words);
  }
}
