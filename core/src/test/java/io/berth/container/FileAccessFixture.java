package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.FileArchive;
import io.berth.api.Wait;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Containers with some files and links, of a kind or another, and files of this host to copy. */
abstract class FileAccessFixture {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  static final String SETUP =
      "mkdir -p /foo/x /d; echo -n x >/foo/file; ln -s foo /rellink; ln -s /foo /abslink;"
          + " ln -s nowhere /dangling; ln -s foo/file /flink";

  @TempDir Path host;
  final List<Container> made = new ArrayList<>();

  @BeforeEach
  void makeLocalFiles() throws IOException {
    Files.writeString(host.resolve("file"), "1");
    Files.createDirectories(host.resolve("dir/sub"));
    Files.writeString(host.resolve("dir/f"), "2");
    Files.createSymbolicLink(host.resolve("lnk"), Path.of("file"));
    Files.createSymbolicLink(host.resolve("dlnk"), Path.of("dir"));
  }

  @AfterEach
  void removeContainers() {
    made.forEach(c -> c.remove(true));
  }

  static CreateRequest request(String script) {
    return FIXTURE.engine().containers().create(TestEngine.IMAGE).command("sh", "-c", script);
  }

  Container keep(Container container) {
    made.add(container);
    return container;
  }

  /** One that has done its work and goes on, or has ended. */
  Container container(boolean running, String script) {
    String end = running ? "; echo ready; exec sleep 1000" : "; echo ready";
    Container container = keep(request(SETUP + "; " + script + end).start());
    await(container, running);
    return container;
  }

  static void await(Container container, boolean running) {
    if (running) {
      container.waitFor(Wait.forLog("ready"));
    } else {
      assertThat(container.waitForExit()).isZero();
    }
  }

  static String read(Container container, String path) {
    try (FileArchive archive = container.files().archive(path)) {
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      archive.writeTo(tar);
      try (TarArchiveInputStream in = tar(tar.toByteArray())) {
        in.getNextEntry();
        return new String(in.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TarArchiveInputStream tar(byte[] bytes) {
    return new TarArchiveInputStream(new ByteArrayInputStream(bytes));
  }

  static List<String> names(byte[] tar) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream in = tar(tar)) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        names.add(e.getName());
      }
    }
    return names;
  }

  static List<String> names(Container container, String path) throws IOException {
    try (FileArchive archive = container.files().archive(path)) {
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      archive.writeTo(tar);
      return names(tar.toByteArray());
    }
  }

  static byte[] export(Container container) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    container.files().export(out);
    return out.toByteArray();
  }

  static List<Long> owners(byte[] tar, String name) throws IOException {
    List<Long> owners = new ArrayList<>();
    try (TarArchiveInputStream in = tar(tar)) {
      for (TarArchiveEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
        if (e.getName().equals(name)) {
          owners.add(e.getLongUserId());
        }
      }
    }
    return owners;
  }
}
