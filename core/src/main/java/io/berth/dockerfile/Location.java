package io.berth.dockerfile;

/**
 * Where an instruction stands.
 *
 * @param file the Dockerfile's name
 * @param firstLine from 1
 * @param lastLine the same, or later when the line is continued
 */
public record Location(String file, int firstLine, int lastLine) {
  @Override
  public String toString() {
    return file + ":" + firstLine;
  }
}
