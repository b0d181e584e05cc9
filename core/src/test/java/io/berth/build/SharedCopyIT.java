package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Image;
import io.berth.image.TestImages;
import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A COPY of many files that begins with what an earlier one has made. */
class SharedCopyIT {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_600_000_000_000L);
  private static final int FILES = 160;

  @TempDir Path directory;
  private BuildFixture berth;
  private Path source;

  @BeforeEach
  void open() {
    berth = new BuildFixture(directory.resolve("engine"), "overlay");
    berth.base("etc/passwd", "root:x:0:0::/:\nweb:x:33:34::/:\n");
    source = berth.context.resolve("src");
    for (int i = 0; i < FILES; i++) {
      berth.write("src/d" + i % 8 + "/f" + i, "content " + i);
    }
    date();
  }

  @AfterEach
  void close() {
    berth.close();
  }

  /** Gives all an old time, so that no layer depends on when it was made. */
  private void date() {
    try {
      Files.walkFileTree(
          source,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (!attributes.isSymbolicLink()) {
                Files.setLastModifiedTime(file, LONG_AGO);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
              Files.setLastModifiedTime(dir, LONG_AGO);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The layer of a build in an engine that has never seen the files. */
  private Digest whole(String dockerfile) {
    Path other = directory.resolve("other-" + System.nanoTime());
    try (BuildFixture fresh = new BuildFixture(other, "overlay")) {
      fresh.base("etc/passwd", "root:x:0:0::/:\nweb:x:33:34::/:\n");
      berth.write("Dockerfile", dockerfile);
      return top(fresh.images.build(berth.context).execute());
    }
  }

  private static Digest top(Image image) {
    List<Digest> layers = image.config().diffIds();
    return layers.get(layers.size() - 1);
  }

  private long space(Image image) {
    return berth.snapshotter.usage(image.config().chainId().orElseThrow().toString());
  }

  @Test
  void aChangedFileIsAllThatANewLayerTakes() throws IOException {
    String dockerfile = "FROM base\nCOPY src /app\n";
    Image first = berth.build(dockerfile);

    Files.writeString(source.resolve("d1/f9"), "other");
    Files.delete(source.resolve("d2/f10"));
    Files.writeString(source.resolve("d3/new"), "new");
    date();
    Image second = berth.build(dockerfile);

    assertThat(space(second)).isLessThan(space(first) / 10);
    assertThat(top(second)).isEqualTo(whole(dockerfile)).isNotEqualTo(top(first));
    assertThat(berth.read(second, "/app/d1/f9")).contains("other");
    assertThat(berth.read(second, "/app/d2/f10")).isEmpty();
    assertThat(berth.read(second, "/app/d3/new")).contains("new");
    assertThat(berth.read(second, "/app/d4/f12")).contains("content 12");
    assertThat(berth.read(first, "/app/d1/f9")).contains("content 9");
    assertThat(berth.read(first, "/app/d2/f10")).contains("content 10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROM base\nCOPY src /app\n",
        "FROM base\nCOPY --chown=web --chmod=750 src /app\n",
        "FROM base\nCOPY --link src /app\n",
        "FROM scratch\nCOPY src /\n",
        "FROM base\nCOPY --exclude=d7 src /app\n"
      })
  void anySeriesOfChangesGivesTheLayerOfAWholeCopy(String dockerfile) throws IOException {
    Random random = new Random(8);
    berth.build(dockerfile);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 5; i++) {
        change(random);
      }
      date();

      Image image = berth.build(dockerfile);

      assertThat(top(image)).as("round " + round).isEqualTo(whole(dockerfile));
    }
  }

  private void change(Random random) throws IOException {
    Path dir = source.resolve("d" + random.nextInt(8));
    Files.createDirectories(dir);
    Path file = dir.resolve("f" + random.nextInt(FILES));
    boolean isDirectory = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    switch (random.nextInt(7)) {
      case 0 -> remove(file);
      case 1 -> {
        remove(file);
        Files.createSymbolicLink(file, Path.of("to" + random.nextInt()));
      }
      case 2 -> {
        remove(file);
        Files.createDirectories(file.resolve("sub"));
        Files.writeString(file.resolve("sub/x"), "x");
      }
      case 3 -> Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
      case 4 -> {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
      }
      case 5 -> {
        if (random.nextInt(4) == 0) {
          remove(dir);
        }
      }
      default -> {
        if (!isDirectory) {
          remove(file);
          Files.writeString(file, "changed " + random.nextInt());
        }
      }
    }
  }

  private static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> entries = Files.list(path)) {
        for (Path entry : (Iterable<Path>) entries::iterator) {
          remove(entry);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  @Test
  void aLayerOnAnotherBaseSharesTheFilesWhereNothingOfTheBaseIsInTheWay() {
    Image first = berth.build("FROM base\nRUN write /one 1\nCOPY src /app\n");
    Image second = berth.build("FROM base\nRUN write /two 2\nCOPY src /app\n");

    assertThat(space(second)).isLessThan(space(first) / 10);
    assertThat(berth.read(second, "/app/d1/f9")).contains("content 9");
    assertThat(berth.read(second, "/one")).isEmpty();
  }

  @Test
  void filesOfAnotherBaseBelowTheDestinationStay() {
    String copy = "COPY src /app\n";
    byte[] tar = TestImages.tar("app/d1/own", "1");
    berth.images.importRootfs(new ByteArrayInputStream(tar)).tag("other").execute();
    berth.build("FROM base\n" + copy);
    Image image = berth.build("FROM other\n" + copy);
    Image again = berth.build("FROM other\nRUN write /x 1\n" + copy);

    assertThat(berth.read(image, "/app/d1/own")).contains("1");
    assertThat(berth.read(image, "/app/d1/f9")).contains("content 9");
    assertThat(berth.read(again, "/app/d1/own")).contains("1");
  }

  @Test
  void aWorkingDirectoryThatIsThereMayBeFilled() throws IOException {
    String dockerfile = "FROM base\nWORKDIR /usr/src/app\nCOPY src .\n";
    Image first = berth.build(dockerfile);
    Files.writeString(source.resolve("d1/f9"), "other");
    Image second = berth.build(dockerfile);

    assertThat(space(second)).isLessThan(space(first) / 10);
    assertThat(berth.read(second, "/usr/src/app/d1/f9")).contains("other");
    assertThat(berth.read(second, "/usr/src/app/d1/f17")).contains("content 17");
  }

  @Test
  void withMostFilesChangedAllAreCopied() {
    Image first = berth.build("FROM base\nCOPY src /app\n");
    for (int i = 0; i < FILES; i++) {
      berth.write("src/d" + i % 8 + "/f" + i, "new content " + i);
    }
    Image second = berth.build("FROM base\nCOPY src /app\n");

    assertThat(space(second)).isGreaterThan(space(first) / 2);
    assertThat(berth.read(second, "/app/d1/f9")).contains("new content 9");
  }

  @Test
  void severalNamesOfOneFileStayOne() throws IOException {
    Files.createLink(source.resolve("d1/again"), source.resolve("d1/f1"));
    String dockerfile = "FROM base\nCOPY src /app\n";
    berth.build(dockerfile);
    Files.writeString(source.resolve("d2/f10"), "other");
    date();

    assertThat(top(berth.build(dockerfile))).isEqualTo(whole(dockerfile));
  }

  @Test
  void layersAboveShareTheFilesToo() throws IOException {
    String dockerfile = "FROM base\nCOPY src /app\nRUN write /app/d1/more 1\n";
    berth.build(dockerfile);
    Files.writeString(source.resolve("d1/f9"), "other");
    Image image = berth.build(dockerfile);

    assertThat(berth.read(image, "/app/d1/more")).contains("1");
    assertThat(berth.read(image, "/app/d1/f9")).contains("other");
    assertThat(berth.read(image, "/app/d1/f17")).contains("content 17");
  }
}
