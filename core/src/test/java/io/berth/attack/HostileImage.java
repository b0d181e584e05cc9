package io.berth.attack;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.testing.BusyboxImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Busybox with entries that an honest image does not have. */
final class HostileImage {
  private final ByteArrayOutputStream more = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(more);
  private final Set<String> replaced = new HashSet<>();
  private byte[] whole;

  HostileImage() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  /** A symlink, in place of what Busybox has there. */
  HostileImage link(String name, String target) {
    replaced.add(name);
    return link(name, target, TarConstants.LF_SYMLINK);
  }

  HostileImage hardLink(String name, String target) {
    return link(name, target, TarConstants.LF_LINK);
  }

  private HostileImage link(String name, String target, byte type) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    return put(entry, new byte[0]);
  }

  HostileImage directory(String name) {
    TarArchiveEntry entry = new TarArchiveEntry(name + "/");
    entry.setMode(0755);
    return put(entry, new byte[0]);
  }

  HostileImage special(String name, byte type, int major, int minor) {
    replaced.add(name);
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setDevMajor(major);
    entry.setDevMinor(minor);
    entry.setMode(0666);
    return put(entry, new byte[0]);
  }

  HostileImage file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8), 0755);
  }

  HostileImage file(String name, byte[] content, int mode) {
    replaced.add(name);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setMode(mode);
    entry.setSize(content.length);
    return put(entry, content);
  }

  HostileImage program(Path file) {
    try {
      return file("bin/probe", Files.readAllBytes(file), 0755);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HostileImage put(TarArchiveEntry entry, byte[] content) {
    try {
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole root file system. */
  byte[] bytes() {
    if (whole != null) {
      return whole;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      tar.finish();
      try (TarArchiveInputStream in =
              new TarArchiveInputStream(new ByteArrayInputStream(BusyboxImage.tar()));
          TarArchiveOutputStream out = new TarArchiveOutputStream(all)) {
        out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        for (TarArchiveEntry entry; (entry = in.getNextEntry()) != null; ) {
          String name = entry.getName().replaceAll("/$", "");
          if (replaced.stream().anyMatch(r -> name.equals(r) || name.startsWith(r + "/"))) {
            continue;
          }
          out.putArchiveEntry(entry);
          in.transferTo(out);
          out.closeArchiveEntry();
        }
        out.flush();
        all.write(more.toByteArray());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    whole = all.toByteArray();
    return whole;
  }

  Image importAs(Engine berth, String name) {
    return berth
        .images()
        .importRootfs(new ByteArrayInputStream(bytes()))
        .tag(name)
        .change("CMD [\"sh\"]")
        .execute();
  }
}
