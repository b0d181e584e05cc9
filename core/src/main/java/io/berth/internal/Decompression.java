package io.berth.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** Undoes gzip (RFC 1952) and zstd (RFC 8878) where a stream begins with their magic numbers. */
public final class Decompression {
  private Decompression() {}

  /** The plain bytes; of a stream that is not compressed, its own. */
  public static InputStream of(InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(4);
    byte[] magic = buffered.readNBytes(4);
    buffered.reset();
    if (startsWith(magic, 0x1f, 0x8b)) {
      return GzipCompressorInputStream.builder()
          .setInputStream(buffered)
          .setDecompressConcatenated(true)
          .get();
    }
    if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdCompressorInputStream(buffered);
    }
    return buffered;
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (bytes[i] != (byte) magic[i]) {
        return false;
      }
    }
    return true;
  }
}
