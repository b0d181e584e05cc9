package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What SECURITY.md promises is shown by the tests that it names. */
class SecurityTest {
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");
  private static final List<String> MODULES = List.of("oci", "layers", "net", "core", "docker");

  @Test
  void eachTestThatIsNamedIsThere() throws IOException {
    Map<String, String> sources = sources();
    Matcher named = TEST.matcher(Files.readString(Path.of("../SECURITY.md")));
    int count = 0;
    while (named.find()) {
      count++;
      assertThat(sources).containsKey(named.group(1));
      assertThat(sources.get(named.group(1)))
          .as(named.group(1))
          .containsPattern("\\bvoid " + named.group(2) + "\\(");
    }
    assertThat(count).isGreaterThan(50);
  }

  @Test
  void eachAttackTestIsNamed() throws IOException {
    String text = Files.readString(Path.of("../SECURITY.md"));

    assertThat(sources().keySet().stream().filter(name -> name.contains("Attack")))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(text).contains("`" + name + "."));
  }

  private static Map<String, String> sources() throws IOException {
    try (Stream<Path> files =
        MODULES.stream().flatMap(module -> walk(Path.of("..", module, "src", "test", "java")))) {
      return files
          .filter(file -> file.toString().matches(".*(IT|Test)\\.java"))
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  SecurityTest::read,
                  (one, other) -> one + other));
    }
  }

  private static Stream<Path> walk(Path directory) {
    try {
      return Files.walk(directory);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
