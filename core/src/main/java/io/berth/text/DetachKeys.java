package io.berth.text;

import io.berth.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The keys that end a connection but not the container, as {@code docker attach --detach-keys} has
 * them: {@code ctrl-p,ctrl-q}.
 */
public final class DetachKeys {
  private static final DetachKeys NONE = new DetachKeys(new byte[0]);

  private final byte[] keys;
  private int matched;

  private DetachKeys(byte[] keys) {
    this.keys = keys;
  }

  public static DetachKeys none() {
    return NONE;
  }

  /**
   * @throws InvalidInputException when they are not keys
   */
  public static DetachKeys parse(String text) {
    ByteArrayOutputStream keys = new ByteArrayOutputStream();
    for (String key : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      keys.write(code(text, key));
    }
    return new DetachKeys(keys.toByteArray());
  }

  private static int code(String text, String key) {
    if (key.length() == 1 && key.charAt(0) < 128) {
      return key.charAt(0);
    }
    if (key.matches("ctrl-[a-z@\\[\\\\\\]^_]")) {
      // Control characters are their letters' codes without the upper bits: ctrl-a is 1.
      return key.charAt(5) & 0x1f;
    }
    throw new InvalidInputException(
        "Invalid detach keys \""
            + text
            + "\": expected keys with commas between, each a character or ctrl- and one of a-z"
            + " @ [ \\ ] ^ _, as in ctrl-p,ctrl-q");
  }

  /** Of what was typed, what is to be passed on: keys that may be the first ones are held back. */
  public byte[] pass(byte[] typed, int count) {
    if (keys.length == 0) {
      return Arrays.copyOf(typed, count);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(count + matched);
    for (int i = 0; i < count && !complete(); i++) {
      if (typed[i] != keys[matched]) {
        out.write(keys, 0, matched);
        matched = 0;
      }
      if (typed[i] == keys[matched]) {
        matched++;
      } else {
        out.write(typed[i]);
      }
    }
    return out.toByteArray();
  }

  /** Whether all of them have been typed. */
  public boolean complete() {
    return keys.length > 0 && matched == keys.length;
  }
}
