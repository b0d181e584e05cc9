package io.berth.server.peer;

import io.berth.testing.BusyboxImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The archives that requests send. */
public final class Bodies {
  private Bodies() {}

  static Map<String, byte[]> all() {
    return Map.of(
        "busybox", BusyboxImage.tar(),
        "file", tar(Map.of("file", "text\n")),
        "build",
            tar(Map.of("Dockerfile", "FROM busybox:test\nRUN echo built\nLABEL a=b\n", "x", "y")),
        "fails", tar(Map.of("Dockerfile", "FROM busybox:test\nRUN exit 3\n")),
        "nonsense", tar(Map.of("Dockerfile", "FROM busybox:test\nNONSENSE\n")),
        "empty", tar(Map.of()),
        "garbage", "this is no archive".repeat(100).getBytes(StandardCharsets.UTF_8));
  }

  public static byte[] tar(Map<String, String> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
