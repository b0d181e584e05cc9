package io.berth.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.opentest4j.TestAbortedException;

/**
 * The tar of a root file system with programs of this host and the libraries that ldd names: a real
 * server in an image, without a download.
 */
public final class HostProgram {
  private static final Pattern LIBRARY = Pattern.compile("(/[^ ]+) \\(0x");

  private HostProgram() {}

  /**
   * Makes the tar.
   *
   * @param debianPackage to be named where a program is missing
   * @throws TestAbortedException when this host lacks one
   */
  public static byte[] tar(String debianPackage, Path... programs) {
    TreeSet<Path> files = new TreeSet<>();
    for (Path program : programs) {
      if (!Files.isReadable(program)) {
        throw new TestAbortedException(
            "needs " + program + ": install the Debian package " + debianPackage);
      }
      files.add(program);
      files.addAll(libraries(program));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      directory(tar, "tmp/", 01777);
      directory(tar, "data/", 0755);
      for (Path file : files) {
        byte[] content = Files.readAllBytes(file);
        TarArchiveEntry entry = new TarArchiveEntry(file.toString().substring(1));
        entry.setMode(0755);
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

  private static void directory(TarArchiveOutputStream tar, String name, int mode)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static TreeSet<Path> libraries(Path program) {
    TreeSet<Path> libraries = new TreeSet<>();
    try {
      Process ldd = new ProcessBuilder("ldd", program.toString()).start();
      String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = LIBRARY.matcher(output);
      while (matcher.find()) {
        libraries.add(Path.of(matcher.group(1)));
      }
      return libraries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
