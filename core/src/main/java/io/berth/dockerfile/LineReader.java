package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a Dockerfile into logical lines: directives are read, comments and empty lines dropped,
 * lines joined that end in the escape character, and here-documents put to the line that announces
 * them.
 */
final class LineReader {
  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Set<String> DIRECTIVES = Set.of("syntax", "escape", "check");
  private static final Pattern TAKES_HEREDOCS =
      Pattern.compile(
          "(?i)(?:ONBUILD\\p{javaWhitespace}+)?(?:RUN|COPY|ADD)\\p{javaWhitespace}.*",
          Pattern.DOTALL);

  private final String file;
  private final List<String> lines;
  private final List<String> raw;
  private Directives directives = Directives.NONE;
  private int next;

  /**
   * An instruction's text, on one line.
   *
   * @param first its first line, from 1
   * @param pieces the physical lines it was joined from, in order
   * @param heredocs what it announces, with their text
   * @param emptyContinuation whether there is an empty line in the middle
   */
  record Logical(
      String text,
      int first,
      int last,
      List<Piece> pieces,
      List<Heredoc> heredocs,
      boolean emptyContinuation) {
    Logical {
      pieces = List.copyOf(pieces);
      heredocs = List.copyOf(heredocs);
    }

    /** The piece that holds a character of the text. */
    Piece pieceAt(int offset) {
      Piece found = pieces.get(0);
      for (Piece piece : pieces) {
        if (piece.offset() <= offset) {
          found = piece;
        }
      }
      return found;
    }
  }

  /**
   * A part of a logical line: the character at {@code offset} of the text is the one at {@code
   * column} of {@code line}; both from 1.
   */
  record Piece(int offset, int line, int column) {}

  LineReader(String text, String file) {
    this.file = file;
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    this.raw = List.of(body.split("\n", -1));
    this.lines =
        raw.stream().map(l -> l.endsWith("\r") ? l.substring(0, l.length() - 1) : l).toList();
  }

  char escape() {
    return directives.escape();
  }

  Directives directives() {
    return directives;
  }

  /** The text of a line, from 1, for messages. */
  String line(int number) {
    return lines.get(Math.min(number, lines.size()) - 1);
  }

  List<Logical> read() {
    List<Logical> result = new ArrayList<>();
    next = readDirectives();
    while (next < lines.size()) {
      logical().ifPresent(result::add);
    }
    return result;
  }

  private Optional<Logical> logical() {
    int first = next;
    StringBuilder joined = new StringBuilder();
    List<Piece> pieces = new ArrayList<>();
    boolean continued = false;
    boolean empty = false;
    int last = next;
    while (next < lines.size()) {
      String line = lines.get(next++);
      boolean comment = line.stripLeading().startsWith("#");
      // Comments vanish also inside of a continued line, and so do empty lines.
      if (comment || continued && line.isBlank()) {
        empty |= !comment && next < lines.size();
        first = continued ? first : next;
        continue;
      }
      last = next;
      String stripped = line.stripTrailing();
      continued = endsInEscape(stripped);
      // The first piece begins where the text will, after it is stripped.
      boolean leading = joined.isEmpty();
      int indent = leading ? line.length() - line.stripLeading().length() : 0;
      pieces.add(new Piece(joined.length(), next, indent + 1));
      line = leading ? line.stripLeading() : line;
      stripped = leading ? stripped.stripLeading() : stripped;
      joined.append(continued ? stripped.substring(0, stripped.length() - 1) : line);
      if (!continued) {
        break;
      }
    }
    String text = joined.toString().strip();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Logical line = new Logical(text, first + 1, last, pieces, List.of(), empty);
    List<Heredoc> heredocs = heredocs(line);
    return Optional.of(
        heredocs.isEmpty() ? line : new Logical(text, first + 1, next, pieces, heredocs, empty));
  }

  private List<Heredoc> heredocs(Logical line) {
    if (!line.text().contains("<<") || !TAKES_HEREDOCS.matcher(line.text()).matches()) {
      return List.of();
    }
    String arguments = arguments(line.text());
    if (isJson(arguments)) {
      return List.of();
    }
    List<Heredoc> found = new ArrayList<>();
    for (Heredoc announced : Heredoc.announced(arguments)) {
      found.add(announced.withContent(content(line, announced)));
    }
    return found;
  }

  private static boolean isJson(String arguments) {
    try {
      return JsonWords.parse(arguments).isPresent();
    } catch (IllegalArgumentException e) {
      return true; // the parser says what is wrong
    }
  }

  /** What follows the keyword and its flags. */
  private String arguments(String text) {
    int at = 0;
    String keyword = Words.split(text, escape()).get(0);
    if (keyword.equalsIgnoreCase("ONBUILD")) {
      at = keyword.length();
      while (Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return Flags.read(text, at, escape()).rest();
  }

  private String content(Logical line, Heredoc heredoc) {
    StringBuilder content = new StringBuilder();
    while (next < lines.size()) {
      String text = lines.get(next);
      String end = heredoc.stripsTabs() ? text.replaceFirst("^\t+", "") : text;
      next++;
      if (end.equals(heredoc.name())) {
        return content.toString();
      }
      content.append(raw.get(next - 1)).append('\n');
    }
    throw error(
        line,
        Math.max(0, line.text().indexOf("<<")),
        "expected the line "
            + heredoc.name()
            + " as the end of the here-document, found the end of the file");
  }

  /** An escape character that is itself escaped does not continue a line. */
  private boolean endsInEscape(String stripped) {
    int end = stripped.length() - 1;
    return end >= 0
        && stripped.charAt(end) == escape()
        && (end == 0 || stripped.charAt(end - 1) != escape());
  }

  /** Directives stand before anything else; the first line that is none ends them. */
  private int readDirectives() {
    Map<String, String> seen = new HashMap<>();
    int i = 0;
    for (; i < lines.size(); i++) {
      Matcher m = DIRECTIVE.matcher(lines.get(i).stripLeading());
      if (!m.matches() || !DIRECTIVES.contains(m.group(1).toLowerCase(Locale.ROOT))) {
        break;
      }
      String name = m.group(1).toLowerCase(Locale.ROOT);
      String value = m.group(2);
      if (seen.put(name, value) != null) {
        throw error(i, "the directive " + name + " is given twice; remove one of them");
      }
      check(i, name, value);
    }
    directives =
        new Directives(
            seen.getOrDefault("escape", "\\").charAt(0),
            Optional.ofNullable(seen.get("syntax")),
            Optional.ofNullable(seen.get("check")));
    return i;
  }

  private void check(int index, String name, String value) {
    if (name.equals("escape") && !value.equals("\\") && !value.equals("`")) {
      throw error(index, "expected \\ or ` as the escape character, found " + value);
    }
    if (name.equals("check")) {
      try {
        Checks.parse(value);
      } catch (InvalidInputException e) {
        throw error(index, e.getMessage());
      }
    }
  }

  private DockerfileSyntaxException error(int index, String message) {
    return new DockerfileSyntaxException(file, index + 1, 1, message, lines.get(index));
  }

  /** An error at an offset of an instruction's text. */
  DockerfileSyntaxException error(Logical line, int offset, String message) {
    Piece piece = line.pieceAt(offset);
    String text = line(piece.line());
    int column = Math.min(piece.column() + offset - piece.offset(), text.length() + 1);
    return new DockerfileSyntaxException(file, piece.line(), column, message, text);
  }
}
