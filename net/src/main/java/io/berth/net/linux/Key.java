package io.berth.net.linux;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A key or value of a set or map of nf_tables: fields one after the other, each padded to four
 * bytes.
 */
public final class Key {
  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Key of(byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      out.writeBytes(Arrays.copyOf(field, (field.length + 3) & ~3));
    }
    return new Key(out.toByteArray());
  }

  /** A port, in network byte order. */
  public static byte[] port(int number) {
    return new byte[] {(byte) (number >> 8), (byte) number};
  }

  byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key k && Arrays.equals(bytes, k.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
