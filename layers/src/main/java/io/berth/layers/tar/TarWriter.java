package io.berth.layers.tar;

import io.berth.linux.Names;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * Writes a tar archive in the PAX format: a plain ustar header where all fits, and an extended
 * header before it for what does not (long or non-ASCII names, big numbers, nanoseconds,
 * attributes). The same entries give the same bytes.
 *
 * <pre>{@code
 * TarWriter tar = new TarWriter(out);
 * tar.begin(entry);          // then exactly entry.size() bytes
 * tar.write(bytes, 0, bytes.length);
 * tar.finish();
 * }</pre>
 */
public final class TarWriter {
  private static final byte[] ZEROS = new byte[64 << 10];
  private static final long MAX_ID = 07777777;
  private static final long MAX_SIZE = 077777777777L;

  private final OutputStream out;
  private long remaining;
  private int padding;

  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes an entry's header; a sparse file is written whole. */
  public void begin(TarEntry entry) throws IOException {
    endEntry();
    byte[] name = name(entry);
    byte[] link = Names.encode(entry.linkName());
    byte[] pax = extendedHeader(entry, name, link);
    if (pax.length > 0) {
      byte[] block = new byte[TarHeader.BLOCK];
      put(block, 0, 100, "PaxHeaders/".getBytes(StandardCharsets.US_ASCII));
      put(block, 11, 89, baseName(name));
      fill(block, 'x', 0644, 0, 0, pax.length, 0);
      out.write(block);
      out.write(pax);
      out.write(ZEROS, 0, -pax.length & TarHeader.BLOCK - 1);
    }
    byte[] block = new byte[TarHeader.BLOCK];
    put(block, 0, 100, name);
    put(block, 157, 100, link);
    octal(block, 329, 7, entry.devMajor());
    octal(block, 337, 7, entry.devMinor());
    fill(
        block,
        entry.type().flag(),
        entry.mode(),
        fits(entry.uid(), MAX_ID),
        fits(entry.gid(), MAX_ID),
        fits(entry.size(), MAX_SIZE),
        fits(entry.mtime().getEpochSecond(), MAX_SIZE));
    out.write(block);
    remaining = entry.size();
    padding = (int) (-entry.size() & TarHeader.BLOCK - 1);
  }

  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > remaining) {
      throw new IllegalStateException(length + " bytes for an entry that lacks " + remaining);
    }
    out.write(bytes, offset, length);
    remaining -= length;
  }

  public void writeZeros(long count) throws IOException {
    for (long left = count; left > 0; ) {
      int n = (int) Math.min(left, ZEROS.length);
      write(ZEROS, 0, n);
      left -= n;
    }
  }

  /** Writes the end mark. The stream is flushed, not closed. */
  public void finish() throws IOException {
    endEntry();
    out.write(ZEROS, 0, 2 * TarHeader.BLOCK);
    out.flush();
  }

  private void endEntry() throws IOException {
    if (remaining > 0) {
      throw new IllegalStateException("the entry lacks " + remaining + " bytes");
    }
    out.write(ZEROS, 0, padding);
    padding = 0;
  }

  private static byte[] name(TarEntry entry) {
    boolean slash = entry.type() == TarType.DIRECTORY && !entry.name().endsWith("/");
    return Names.encode(slash ? entry.name() + "/" : entry.name());
  }

  private static byte[] extendedHeader(TarEntry entry, byte[] name, byte[] link) {
    ByteArrayOutputStream pax = new ByteArrayOutputStream();
    if (name.length > 100 || !isAscii(name)) {
      PaxRecords.append(pax, "path", name);
    }
    if (link.length > 100 || !isAscii(link)) {
      PaxRecords.append(pax, "linkpath", link);
    }
    number(pax, "uid", entry.uid(), MAX_ID);
    number(pax, "gid", entry.gid(), MAX_ID);
    number(pax, "size", entry.size(), MAX_SIZE);
    Instant mtime = entry.mtime();
    if (mtime.getNano() != 0 || fits(mtime.getEpochSecond(), MAX_SIZE) == 0) {
      if (!mtime.equals(Instant.EPOCH)) {
        PaxRecords.append(pax, "mtime", Names.encode(decimal(mtime)));
      }
    }
    for (Map.Entry<String, byte[]> each : entry.xattrs().entrySet()) {
      PaxRecords.append(pax, "SCHILY.xattr." + each.getKey(), each.getValue());
    }
    return pax.toByteArray();
  }

  private static String decimal(Instant time) {
    return BigDecimal.valueOf(time.getEpochSecond())
        .add(BigDecimal.valueOf(time.getNano(), 9))
        .stripTrailingZeros()
        .toPlainString();
  }

  private static void number(ByteArrayOutputStream pax, String key, long value, long max) {
    if (value < 0 || value > max) {
      PaxRecords.append(pax, key, Names.encode(Long.toString(value)));
    }
  }

  private static long fits(long value, long max) {
    return value < 0 || value > max ? 0 : value;
  }

  private static void fill(
      byte[] block, char flag, int mode, long uid, long gid, long size, long mtime) {
    octal(block, 100, 7, mode);
    octal(block, 108, 7, uid);
    octal(block, 116, 7, gid);
    octal(block, 124, 11, size);
    octal(block, 136, 11, mtime);
    block[156] = (byte) flag;
    put(block, 257, 8, new byte[] {'u', 's', 't', 'a', 'r', 0, '0', '0'});
    long sum = 8 * ' ';
    for (byte b : block) {
      sum += b & 0xFF;
    }
    octal(block, 148, 6, sum);
    block[155] = ' ';
  }

  private static void octal(byte[] block, int offset, int digits, long value) {
    long rest = value;
    for (int i = digits - 1; i >= 0; i--) {
      block[offset + i] = (byte) ('0' + (rest & 7));
      rest >>= 3;
    }
  }

  private static void put(byte[] block, int offset, int length, byte[] value) {
    System.arraycopy(value, 0, block, offset, Math.min(length, value.length));
  }

  private static byte[] baseName(byte[] name) {
    String text = Names.decode(name);
    String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return Names.encode(trimmed.substring(trimmed.lastIndexOf('/') + 1));
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }
}
