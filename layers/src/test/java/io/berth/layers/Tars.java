package io.berth.layers;

import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes small tars, hostile ones included. */
final class Tars {
  static final Instant TIME = Instant.parse("2024-02-29T12:34:56.123456789Z");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter tar = new TarWriter(bytes);

  Tars dir(String name, int mode) {
    return add(entry(TarType.DIRECTORY, name, "", mode, 0, Map.of()), new byte[0]);
  }

  Tars file(String name, String content) {
    return file(name, content, 0644, Map.of());
  }

  Tars file(String name, String content, int mode, Map<String, byte[]> xattrs) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    return add(entry(TarType.REGULAR, name, "", mode, data.length, xattrs), data);
  }

  Tars symlink(String name, String target) {
    return add(entry(TarType.SYMLINK, name, target, 0777, 0, Map.of()), new byte[0]);
  }

  Tars hardLink(String name, String target) {
    return add(entry(TarType.HARD_LINK, name, target, 0644, 0, Map.of()), new byte[0]);
  }

  Tars add(TarEntry entry, byte[] content) {
    try {
      tar.begin(entry);
      tar.write(content, 0, content.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  byte[] bytes() {
    try {
      tar.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  InputStream stream() {
    return new ByteArrayInputStream(bytes());
  }

  static TarEntry device(String name, TarType type, int major, int minor) {
    return new TarEntry(
        type, name, "", 0660, 1, 2, 0, TIME, major, minor, new TreeMap<>(), Optional.empty());
  }

  static TarEntry entry(
      TarType type, String name, String link, int mode, long size, Map<String, byte[]> xattrs) {
    return new TarEntry(
        type,
        name,
        link,
        mode,
        1000,
        3_000_000,
        size,
        TIME,
        0,
        0,
        new TreeMap<>(xattrs),
        Optional.empty());
  }
}
