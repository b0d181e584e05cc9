package io.berth.dockerfile;

import io.berth.error.InvalidInputException;

/** A Dockerfile that cannot be parsed: says where, what was expected, and what was found. */
public class DockerfileSyntaxException extends InvalidInputException {
  private final String file;
  private final int line;
  private final int column;

  DockerfileSyntaxException(String file, int line, int column, String message, String excerpt) {
    super(
        file
            + ":"
            + line
            + ":"
            + column
            + ": "
            + message
            + "\n  "
            + excerpt
            + "\n  "
            + " ".repeat(Math.max(0, Math.min(column - 1, excerpt.length())))
            + "^");
    this.file = file;
    this.line = line;
    this.column = column;
  }

  public String file() {
    return file;
  }

  /** From 1. */
  public int line() {
    return line;
  }

  /** From 1. */
  public int column() {
    return column;
  }
}
