package io.berth.build;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Files of caches with a checksum at their end: nothing is synced to disk, so after a power cut a
 * file may hold anything.
 */
final class SummedFile {
  private SummedFile() {}

  static void write(Path file, byte[] content) {
    AtomicFile.write(
        file,
        ByteBuffer.allocate(content.length + Long.BYTES)
            .put(content)
            .putLong(checksum(content, content.length))
            .array());
  }

  /** The content; empty when the file is absent or damaged. */
  static Optional<DataInputStream> read(Path file) {
    Optional<byte[]> found;
    try {
      found = AtomicFile.read(file);
    } catch (StorageException e) {
      return Optional.empty();
    }
    return found
        .filter(SummedFile::isWhole)
        .map(
            bytes ->
                new DataInputStream(new ByteArrayInputStream(bytes, 0, bytes.length - Long.BYTES)));
  }

  private static boolean isWhole(byte[] bytes) {
    int length = bytes.length - Long.BYTES;
    return length >= 0 && ByteBuffer.wrap(bytes).getLong(length) == checksum(bytes, length);
  }

  private static long checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }
}
