package io.berth.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatedLinesTest {
  @TempDir Path directory;

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** As log.c does it: only what is there is rotated. */
  private static void rotate(Path file, int files) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    for (int i = files - 1; i > 0; i--) {
      Path from = i == 1 ? file : Path.of(file + "." + (i - 1));
      if (Files.exists(from)) {
        Files.move(from, Path.of(file + "." + i), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static List<String> rest(RotatedLines lines) {
    List<String> all = new ArrayList<>();
    for (Optional<byte[]> l = lines.next(); l.isPresent(); l = lines.next()) {
      all.add(new String(l.get(), StandardCharsets.UTF_8));
    }
    return all;
  }

  @Test
  void aLineIsGivenOnceItIsWhole() throws Exception {
    Path file = directory.resolve("file");
    try (RotatedLines lines = RotatedLines.open(file)) {
      assertThat(lines.next()).isEmpty();
      append(file, "one\ntw");
      assertThat(rest(lines)).containsExactly("one");
      append(file, "o\n\n");
      assertThat(rest(lines)).containsExactly("two", "");
    }
  }

  @Test
  void severalRotationsBetweenTwoLooksAreReadInOrder() throws Exception {
    Path file = directory.resolve("file");
    append(file, "1\n");
    try (RotatedLines lines = RotatedLines.open(file)) {
      assertThat(rest(lines)).containsExactly("1");
      append(file, "2\n");
      rotate(file, 5);
      append(file, "3\n");
      rotate(file, 5);
      append(file, "4\n");
      assertThat(rest(lines)).containsExactly("2", "3", "4");
      rotate(file, 5);
      assertThat(rest(lines)).isEmpty();
      append(file, "5\n");
      assertThat(rest(lines)).containsExactly("5");
    }
  }

  @Test
  void theLastLinesMayBeInSeveralFiles() throws Exception {
    Path file = directory.resolve("file");
    append(file, "1\n2\n");
    rotate(file, 3);
    append(file, "3\n4\npart");
    for (int n = 0; n <= 5; n++) {
      try (RotatedLines lines = RotatedLines.open(file)) {
        lines.seekTail(n);
        assertThat(rest(lines))
            .isEqualTo(List.of("1", "2", "3", "4").subList(Math.max(0, 4 - n), 4));
        assertThat(lines.next()).isEmpty();
      }
    }
  }

  @Test
  void readingEndsWhereItIsToldTo() throws Exception {
    Path file = directory.resolve("file");
    append(file, "1\n2\n");
    long inode = (long) Files.getAttribute(file, "unix:ino");
    try (RotatedLines lines = RotatedLines.open(file)) {
      append(file, "3\n");
      rotate(file, 3);
      append(file, "4\n");
      lines.stopAt(inode, 4);
      assertThat(rest(lines)).containsExactly("1", "2");
    }
  }

  /** Whatever is appended, rotated and read in between comes out once and in order. */
  @Property(tries = 60)
  void nothingIsLostOrTwice(@ForAll @Size(max = 40) List<@IntRange(max = 5) Integer> steps)
      throws IOException {
    Path own = Files.createTempDirectory("rotated-");
    Path file = own.resolve("file");
    List<String> written = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    try (RotatedLines lines = RotatedLines.open(file)) {
      for (int step : steps) {
        if (step == 0) {
          rotate(file, 100);
        } else if (step == 1) {
          seen.addAll(rest(lines));
        } else {
          String line = "x".repeat(step * written.size() * 100) + written.size();
          written.add(line);
          append(file, line + "\n");
        }
      }
      seen.addAll(rest(lines));
    } finally {
      try (var all = Files.list(own)) {
        for (Path path : all.toList()) {
          Files.delete(path);
        }
      }
      Files.delete(own);
    }
    assertThat(seen).isEqualTo(written);
  }
}
