package io.berth.layers;

/**
 * A difference between a snapshot and what it rests on.
 *
 * @param path absolute; of a directory that is gone, none of what was in it is told
 */
public record PathChange(Kind kind, String path) {

  /** Docker's kinds, in the order of its API's numbers: 0, 1, 2. */
  public enum Kind {
    MODIFIED("C"),
    ADDED("A"),
    DELETED("D");

    private final String letter;

    Kind(String letter) {
      this.letter = letter;
    }

    /** As {@code docker diff} prints it. */
    public String letter() {
      return letter;
    }
  }

  @Override
  public String toString() {
    return kind.letter() + " " + path;
  }
}
