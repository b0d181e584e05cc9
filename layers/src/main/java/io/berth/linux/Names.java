package io.berth.linux;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * File names between the kernel's bytes and Java's strings, without loss.
 *
 * <p>A name is UTF-8 by custom only; a byte that is not part of valid UTF-8 becomes a lone low
 * surrogate U+DC80..U+DCFF, as in Python's {@code surrogateescape} (PEP 383), and back.
 */
public final class Names {
  private Names() {}

  /** The bytes of a name, without a terminator. */
  public static byte[] encode(String name) {
    byte[] terminated = terminated(name, false);
    return Arrays.copyOf(terminated, terminated.length - 1);
  }

  /** The bytes of a name for the kernel, NUL-terminated; a NUL inside is refused. */
  static byte[] path(String name) {
    return terminated(name, true);
  }

  /** The name in some bytes. */
  public static String decode(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (bytes[i] < 0) {
        return decodeSlowly(bytes, offset, end);
      }
    }
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  private static byte[] terminated(String name, boolean refuseNul) {
    int length = name.length();
    byte[] out = new byte[length + 1];
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c == 0 && refuseNul) {
        throw new InvalidInputException(
            "A file name cannot hold a NUL character: " + name.replace('\0', '?'));
      }
      if (c >= 0x80) {
        return encodeSlowly(name, refuseNul);
      }
      out[i] = (byte) c;
    }
    return out;
  }

  private static byte[] encodeSlowly(String name, boolean refuseNul) {
    byte[] out = new byte[name.length() * 3 + 1];
    int n = 0;
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      i += Character.charCount(c);
      if (c == 0 && refuseNul) {
        throw new InvalidInputException("A file name cannot hold a NUL character");
      } else if (c < 0x80) {
        out[n++] = (byte) c;
      } else if (c < 0x800) {
        out[n++] = (byte) (0xC0 | c >> 6);
        out[n++] = (byte) (0x80 | c & 0x3F);
      } else if (c >= 0xDC80 && c <= 0xDCFF) {
        out[n++] = (byte) (c - 0xDC00);
      } else if (c >= 0xD800 && c <= 0xDFFF) {
        throw new InvalidInputException("A file name cannot hold half a character: " + name);
      } else if (c < 0x10000) {
        out[n++] = (byte) (0xE0 | c >> 12);
        out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | c & 0x3F);
      } else {
        out[n++] = (byte) (0xF0 | c >> 18);
        out[n++] = (byte) (0x80 | c >> 12 & 0x3F);
        out[n++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | c & 0x3F);
      }
    }
    return Arrays.copyOf(out, n + 1);
  }

  private static String decodeSlowly(byte[] bytes, int from, int end) {
    StringBuilder out = new StringBuilder(end - from);
    for (int i = from; i < end; ) {
      int length = sequenceLength(bytes, i, end);
      if (length == 0) {
        out.append((char) (0xDC00 + (bytes[i++] & 0xFF)));
      } else {
        out.append(new String(bytes, i, length, StandardCharsets.UTF_8));
        i += length;
      }
    }
    return out.toString();
  }

  /** The length of the valid UTF-8 sequence that starts here, or 0. */
  private static int sequenceLength(byte[] bytes, int i, int end) {
    int first = bytes[i] & 0xFF;
    if (first < 0x80) {
      return 1;
    }
    int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || i + length > end) {
      return 0;
    }
    for (int k = 1; k < length; k++) {
      if ((bytes[i + k] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = bytes[i + 1] & 0xFF;
    boolean overlongOrSurrogate =
        first == 0xE0 && second < 0xA0
            || first == 0xED && second > 0x9F
            || first == 0xF0 && second < 0x90
            || first == 0xF4 && second > 0x8F;
    return overlongOrSurrogate ? 0 : length;
  }
}
