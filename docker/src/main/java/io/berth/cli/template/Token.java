package io.berth.cli.template;

/**
 * A piece of a template.
 *
 * @param text of a field without its dot, of a string without its quotes
 * @param column where it begins in its line, from 1
 */
record Token(Kind kind, String text, int line, int column) {
  enum Kind {
    TEXT,
    OPEN,
    CLOSE,
    FIELD,
    DOT,
    VARIABLE,
    NAME,
    STRING,
    NUMBER,
    PIPE,
    ASSIGN,
    COMMA,
    LEFT,
    RIGHT,
    /** White space between arguments: {@code .A .B} are two, {@code $.A} is one. */
    SPACE,
    END
  }

  boolean is(Kind other) {
    return kind == other;
  }

  TemplateException error(String what) {
    return new TemplateException(line + ":" + column + ": " + what);
  }
}
