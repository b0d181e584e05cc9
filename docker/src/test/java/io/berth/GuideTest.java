package io.berth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide names messages, files and settings that exist. */
class GuideTest {
  private static final Path GUIDE = Path.of("GUIDE.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(m -> m.group(1)).toList();
  }

  /** All sources of the program, with strings that are broken into several lines joined. */
  private static String sources() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String module : List.of("oci", "layers", "net", "core", "docker")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        files
            .filter(f -> f.toString().endsWith(".java"))
            .map(GuideTest::read)
            .forEach(text -> all.append(text.replaceAll("\"\\s*\\+ \"", "")));
      }
    }
    return all.toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void eachMessageIsOneOfTheProgram() throws IOException {
    String guide = read(GUIDE);
    String table = guide.substring(guide.indexOf("| message |"));
    List<String> messages =
        table
            .lines()
            .skip(2)
            .filter(row -> row.startsWith("| `"))
            .map(row -> row.substring(2, row.indexOf(" | ", 2)))
            .flatMap(cell -> found(CODE, cell).stream())
            .toList();

    assertThat(messages).hasSizeGreaterThan(15);
    String sources = sources();
    assertThat(messages)
        .allSatisfy(message -> assertThat(sources.contains(message)).as(message).isTrue());
  }

  @Test
  void eachSettingIsRead() throws IOException {
    String sources = sources();

    assertThat(found(Pattern.compile("\\| `(berth\\.[a-z]+)` \\|"), read(GUIDE)))
        .hasSize(5)
        .allSatisfy(name -> assertThat(sources).contains("\"" + name + "\""));
  }

  @Test
  void eachLinkLeadsToAFile() {
    for (Path page : List.of(GUIDE, Path.of("TESTCONTAINERS.md"), Path.of("../README.md"))) {
      assertThat(found(LINK, read(page)))
          .filteredOn(link -> !link.startsWith("http"))
          .allSatisfy(link -> assertThat(page.toAbsolutePath().resolveSibling(link)).exists());
    }
  }
}
