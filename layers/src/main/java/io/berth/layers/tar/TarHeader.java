package io.berth.layers.tar;

import io.berth.error.InvalidInputException;
import io.berth.linux.Names;

/** The fields of one 512-byte header block (POSIX.1-2017, pax, "ustar Header Block"). */
final class TarHeader {
  static final int BLOCK = 512;

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xFF;
      signed += b;
    }
    long sum = number(148, 8);
    if (sum != unsigned && sum != signed) {
      throw new InvalidInputException(
          "Broken tar: header checksum is "
              + sum
              + ", computed "
              + unsigned
              + "; the archive is damaged or not a tar");
    }
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  char flag() {
    return (char) (block[156] & 0xFF);
  }

  /** The name; GNU tar uses the place of the prefix for times, so only ustar proper has one. */
  String name() {
    String name = text(0, 100);
    String prefix = magicIs("ustar\0") ? text(345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String linkName() {
    return text(157, 100);
  }

  int mode() {
    return (int) number(100, 8) & 07777;
  }

  long uid() {
    return number(108, 8);
  }

  long gid() {
    return number(116, 8);
  }

  long size() {
    return number(124, 12);
  }

  long mtime() {
    return number(136, 12);
  }

  boolean hasDevice() {
    return magicIs("ustar\0") || magicIs("ustar ");
  }

  int devMajor() {
    return (int) number(329, 8);
  }

  int devMinor() {
    return (int) number(337, 8);
  }

  private boolean magicIs(String magic) {
    for (int i = 0; i < magic.length(); i++) {
      if (block[257 + i] != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return Names.decode(block, offset, end - offset);
  }

  long number(int offset, int length) {
    return number(block, offset, length);
  }

  /** Octal text, or GNU's base-256 when the first bit is set. */
  static long number(byte[] block, int offset, int length) {
    if ((block[offset] & 0x80) != 0) {
      return base256(block, offset, length);
    }
    int at = offset;
    int end = offset + length;
    while (at < end && (block[at] == ' ' || block[at] == 0)) {
      at++;
    }
    long value = 0;
    for (; at < end && block[at] != ' ' && block[at] != 0; at++) {
      if (block[at] < '0' || block[at] > '7') {
        throw new InvalidInputException(
            "Broken tar: expected an octal number at header byte "
                + offset
                + ", found "
                + Names.decode(block, offset, length));
      }
      value = value << 3 | block[at] - '0';
    }
    return value;
  }

  private static long base256(byte[] block, int offset, int length) {
    boolean negative = (block[offset] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int b = i == 0 ? firstByte(block[offset]) : block[offset + i] & 0xFF;
      if (value >> 55 != (negative ? -1 : 0)) {
        throw new InvalidInputException(
            "Broken tar: number at header byte " + offset + " is larger than 63 bits");
      }
      value = value << 8 | b;
    }
    return value;
  }

  private static int firstByte(byte b) {
    boolean negative = (b & 0x40) != 0;
    return negative ? b & 0xFF : b & 0x7F;
  }
}
