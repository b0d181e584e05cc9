package io.berth.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.opentest4j.TestAbortedException;

/**
 * The tar of a small root file system around the host's static busybox: no download, and all that
 * scripts need.
 */
public final class BusyboxImage {
  private static final Path BUSYBOX = Path.of("/usr/bin/busybox");
  private static final int PT_INTERP = 3;

  private static final List<String> DIRECTORIES =
      List.of(
          "bin",
          "dev",
          "etc",
          "home",
          "proc",
          "root",
          "sbin",
          "sys",
          "usr",
          "usr/bin",
          "usr/sbin",
          "var",
          "var/log");

  private static final Map<String, String> FILES =
      Map.of(
          "etc/passwd",
          """
          root:x:0:0:root:/root:/bin/sh
          daemon:x:1:1:daemon:/usr/sbin:/bin/false
          nobody:x:65534:65534:nobody:/home:/bin/false
          """,
          "etc/group",
          """
          root:x:0:
          daemon:x:1:
          tty:x:5:
          users:x:100:
          nobody:x:65534:
          """);

  private BusyboxImage() {}

  /**
   * Makes the tar.
   *
   * @throws TestAbortedException when this host has no static busybox
   */
  public static byte[] tar() {
    return tar(Optional.empty());
  }

  /** One with few of its programs, and so fewer files. */
  public static byte[] tar(List<String> applets) {
    return tar(Optional.of(applets));
  }

  private static byte[] tar(Optional<List<String>> wanted) {
    if (!Files.isExecutable(BUSYBOX)) {
      throw new TestAbortedException(
          "needs " + BUSYBOX + ": install the Debian package busybox-static");
    }
    try {
      byte[] busybox = Files.readAllBytes(BUSYBOX);
      if (!isStaticElf(busybox)) {
        throw new TestAbortedException(
            BUSYBOX + " is not a static ELF: install the Debian package busybox-static");
      }
      return tar(busybox, wanted.isPresent() ? wanted.get() : applets());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] tar(byte[] busybox, List<String> applets) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (String directory : DIRECTORIES) {
        directory(tar, directory, directory.equals("root") ? 0700 : 0755);
      }
      directory(tar, "tmp", 01777);
      directory(tar, "var/tmp", 01777);
      file(tar, "bin/busybox", busybox, 0755);
      for (Map.Entry<String, String> file : FILES.entrySet()) {
        file(tar, file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8), 0644);
      }
      for (String applet : applets) {
        if (!applet.equals("busybox")) {
          TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
          link.setLinkName("busybox");
          tar.putArchiveEntry(link);
          tar.closeArchiveEntry();
        }
      }
    }
    return bytes.toByteArray();
  }

  private static void directory(TarArchiveOutputStream tar, String name, int mode)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name + "/");
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static void file(TarArchiveOutputStream tar, String name, byte[] content, int mode)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(mode);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static List<String> applets() throws IOException {
    Process list = new ProcessBuilder(BUSYBOX.toString(), "--list").start();
    String names = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return names.lines().toList();
  }

  /**
   * Whether it is a 64-bit little-endian ELF without a program interpreter, which would be ld.so.
   */
  static boolean isStaticElf(byte[] content) {
    ByteBuffer elf = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    if (content.length < 64 || elf.getInt(0) != 0x464c457f || content[4] != 2 || content[5] != 1) {
      return false;
    }
    long offset = elf.getLong(32);
    int size = Short.toUnsignedInt(elf.getShort(54));
    int count = Short.toUnsignedInt(elf.getShort(56));
    for (int i = 0; i < count; i++) {
      if (elf.getInt(Math.toIntExact(offset + (long) i * size)) == PT_INTERP) {
        return false;
      }
    }
    return true;
  }
}
