package io.berth.cli.template;

import io.berth.cli.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts a template into tokens (text/template, "Text and spaces", "Actions"). */
final class Lexer {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    return new Lexer(source).run();
  }

  private List<Token> run() {
    boolean trim = false;
    while (at < source.length()) {
      int open = source.indexOf(OPEN, at);
      String text = source.substring(at, open < 0 ? source.length() : open);
      boolean trimEnd = open >= 0 && source.startsWith("- ", open + OPEN.length());
      text = trim ? text.stripLeading() : text;
      text = trimEnd ? text.stripTrailing() : text;
      if (!text.isEmpty()) {
        add(Kind.TEXT, text, at);
      }
      if (open < 0) {
        at = source.length();
        break;
      }
      at = open;
      trim = action(trimEnd);
    }
    add(Kind.END, "", at);
    return tokens;
  }

  /** Reads one action; says whether the text behind it loses its leading space. */
  private boolean action(boolean trimmed) {
    int start = at;
    at += OPEN.length() + (trimmed ? 1 : 0);
    if (source.startsWith("/*", trimmed ? skipSpace(at) : at)) {
      return comment(start);
    }
    add(Kind.OPEN, OPEN, start);
    while (true) {
      if (at >= source.length()) {
        throw error(start, "unclosed action");
      }
      if (source.startsWith(" -}}", at)) {
        add(Kind.CLOSE, CLOSE, at);
        at += 4;
        return true;
      }
      if (source.startsWith(CLOSE, at)) {
        add(Kind.CLOSE, CLOSE, at);
        at += CLOSE.length();
        return false;
      }
      next();
    }
  }

  private boolean comment(int start) {
    int end = source.indexOf("*/", at);
    if (end < 0) {
      throw error(start, "unclosed comment");
    }
    boolean trim = source.startsWith(" -}}", end + 2);
    if (!trim && !source.startsWith(CLOSE, end + 2)) {
      throw error(start, "comment ends before closing delimiter");
    }
    at = end + 2 + (trim ? 4 : CLOSE.length());
    return trim;
  }

  private void next() {
    int start = at;
    char c = source.charAt(at);
    if (Character.isWhitespace(c)) {
      at = skipSpace(at);
      // The space before " -}}" belongs to the mark.
      if (source.startsWith("-}}", at)) {
        at--;
      } else {
        add(Kind.SPACE, " ", start);
      }
    } else if (c == '"') {
      add(Kind.STRING, quoted(), start);
    } else if (c == '`') {
      int end = source.indexOf('`', at + 1);
      if (end < 0) {
        throw error(start, "unterminated raw quoted string");
      }
      add(Kind.STRING, source.substring(at + 1, end), start);
      at = end + 1;
    } else if (c == '.') {
      at++;
      String name = name();
      add(name.isEmpty() ? Kind.DOT : Kind.FIELD, name, start);
    } else if (c == '$') {
      at++;
      add(Kind.VARIABLE, "$" + name(), start);
    } else if (Character.isDigit(c)
        || (c == '-' || c == '+')
            && at + 1 < source.length()
            && Character.isDigit(source.charAt(at + 1))) {
      at++;
      while (at < source.length()
          && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '.')) {
        at++;
      }
      add(Kind.NUMBER, source.substring(start, at), start);
    } else if (Character.isLetter(c) || c == '_') {
      add(Kind.NAME, name(), start);
    } else {
      symbol(c, start);
    }
  }

  private void symbol(char c, int start) {
    at++;
    switch (c) {
      case '|' -> add(Kind.PIPE, "|", start);
      case '(' -> add(Kind.LEFT, "(", start);
      case ')' -> add(Kind.RIGHT, ")", start);
      case ',' -> add(Kind.COMMA, ",", start);
      case '=' -> add(Kind.ASSIGN, "=", start);
      case ':' -> {
        if (!source.startsWith("=", at)) {
          throw error(start, "expected :=");
        }
        at++;
        add(Kind.ASSIGN, ":=", start);
      }
      default -> throw error(start, "unexpected \"" + c + "\" in command");
    }
  }

  private String name() {
    int start = at;
    while (at < source.length()
        && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
      at++;
    }
    return source.substring(start, at);
  }

  private String quoted() {
    int start = at++;
    StringBuilder text = new StringBuilder();
    while (at < source.length() && source.charAt(at) != '"') {
      char c = source.charAt(at++);
      if (c == '\\' && at < source.length()) {
        char escaped = source.charAt(at++);
        switch (escaped) {
          case 'n' -> text.append('\n');
          case 't' -> text.append('\t');
          case 'r' -> text.append('\r');
          case '"', '\\', '\'' -> text.append(escaped);
          default -> throw error(start, "invalid escape \\" + escaped);
        }
      } else {
        text.append(c);
      }
    }
    if (at >= source.length()) {
      throw error(start, "unterminated quoted string");
    }
    at++;
    return text.toString();
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < source.length() && Character.isWhitespace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  private void add(Kind kind, String text, int position) {
    tokens.add(token(kind, text, position));
  }

  private Token token(Kind kind, String text, int position) {
    int line = 1 + (int) source.substring(0, position).chars().filter(c -> c == '\n').count();
    int column = position - source.lastIndexOf('\n', position - 1);
    return new Token(kind, text, line, column);
  }

  private TemplateException error(int position, String what) {
    return token(Kind.END, "", position).error(what);
  }
}
