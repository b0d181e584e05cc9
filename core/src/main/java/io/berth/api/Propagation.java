package io.berth.api;

import io.berth.error.InvalidInputException;
import java.util.Locale;

/** Whether mounts made below a mount's source or target are seen at the other (mount(8)). */
public enum Propagation {
  RPRIVATE(1 << 18, true),
  PRIVATE(1 << 18, false),
  RSHARED(1 << 20, true),
  SHARED(1 << 20, false),
  RSLAVE(1 << 19, true),
  SLAVE(1 << 19, false);

  private static final long REC = 16384;
  private final long flag;
  private final boolean recursive;

  Propagation(long flag, boolean recursive) {
    this.flag = flag;
    this.recursive = recursive;
  }

  /** Docker's words, such as {@code rslave}. */
  public static Propagation parse(String text) {
    for (Propagation each : values()) {
      if (each.toString().equals(text)) {
        return each;
      }
    }
    throw new InvalidInputException(
        "invalid propagation mode: "
            + text
            + "; use rprivate, private, rshared, shared, rslave or slave");
  }

  /** Flags of mount(2). */
  public long flags() {
    return recursive ? flag | REC : flag;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
