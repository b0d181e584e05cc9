package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a Dockerfile into logical lines: directives are read, comments and empty lines dropped,
 * and lines joined that end in the escape character.
 */
final class LineReader {
  private static final Pattern DIRECTIVE =
      Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
  private static final Set<String> DIRECTIVES = Set.of("syntax", "escape", "check");

  private final String file;
  private final List<String> lines;
  private char escape = '\\';

  /**
   * An instruction's text, on one line.
   *
   * @param first its first line, from 1
   * @param pieces the physical lines it was joined from, in order
   */
  record Logical(String text, int first, int last, List<Piece> pieces) {
    Logical {
      pieces = List.copyOf(pieces);
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
    this.lines = List.of(body.split("\r?\n", -1));
  }

  char escape() {
    return escape;
  }

  /** The text of a line, from 1, for messages. */
  String line(int number) {
    return lines.get(Math.min(number, lines.size()) - 1);
  }

  List<Logical> read() {
    List<Logical> result = new ArrayList<>();
    int i = directives();
    while (i < lines.size()) {
      int first = i;
      StringBuilder joined = new StringBuilder();
      List<Piece> pieces = new ArrayList<>();
      boolean continued = false;
      int last = i;
      while (i < lines.size()) {
        String line = lines.get(i++);
        // Comments vanish also inside of a continued line, and so do empty lines.
        if (line.stripLeading().startsWith("#") || (continued && line.isBlank())) {
          if (!continued) {
            first = i;
          }
          continue;
        }
        last = i;
        String stripped = line.stripTrailing();
        continued = endsInEscape(stripped);
        // The first piece begins where the text will, after it is stripped.
        boolean leading = joined.isEmpty();
        int indent = leading ? line.length() - line.stripLeading().length() : 0;
        pieces.add(new Piece(joined.length(), i, indent + 1));
        line = leading ? line.stripLeading() : line;
        stripped = leading ? stripped.stripLeading() : stripped;
        joined.append(continued ? stripped.substring(0, stripped.length() - 1) : line);
        if (!continued) {
          break;
        }
      }
      String text = joined.toString().strip();
      if (!text.isEmpty()) {
        result.add(new Logical(text, first + 1, last, pieces));
      }
    }
    return result;
  }

  /** An escape character that is itself escaped does not continue a line. */
  private boolean endsInEscape(String stripped) {
    int end = stripped.length() - 1;
    return end >= 0
        && stripped.charAt(end) == escape
        && (end == 0 || stripped.charAt(end - 1) != escape);
  }

  /** Directives stand before anything else; the first line that is none ends them. */
  private int directives() {
    Set<String> seen = new HashSet<>();
    int i = 0;
    for (; i < lines.size(); i++) {
      Matcher m = DIRECTIVE.matcher(lines.get(i).stripLeading());
      if (!m.matches() || !DIRECTIVES.contains(m.group(1).toLowerCase(Locale.ROOT))) {
        return i;
      }
      String name = m.group(1).toLowerCase(Locale.ROOT);
      String value = m.group(2);
      if (!seen.add(name)) {
        throw error(i, "the directive " + name + " is given twice; remove one of them");
      }
      if (name.equals("escape")) {
        if (!value.equals("\\") && !value.equals("`")) {
          throw error(i, "expected \\ or ` as the escape character, found " + value);
        }
        escape = value.charAt(0);
      }
    }
    return i;
  }

  private DockerfileSyntaxException error(int index, String message) {
    return new DockerfileSyntaxException(file, index + 1, 1, message, lines.get(index));
  }
}
