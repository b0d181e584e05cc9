package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EngineClassPathTest {
  /** What only the tests' own JVM needs, or the command. */
  private static final Pattern ELSEWHERE =
      Pattern.compile(
          "org\\.(testcontainers|junit|opentest4j|apiguardian)\\..*|"
              + "com\\.github\\.dockerjava\\..*|picocli\\..*");

  private final List<Path> found = EngineClassPath.find().orElseThrow();

  @Test
  void berthFindsAllThatItsClassesName() {
    List<String> command = new ArrayList<>(List.of("--missing-deps", "--multi-release", "17"));
    command.addAll(
        List.of(
            "--class-path", found.stream().map(Path::toString).collect(Collectors.joining(":"))));
    found.stream().filter(EngineClassPathTest::isBerths).map(Path::toString).forEach(command::add);
    StringWriter said = new StringWriter();

    ToolProvider.findFirst("jdeps")
        .orElseThrow()
        .run(new PrintWriter(said), new PrintWriter(said), command.toArray(String[]::new));

    // Lines as "   the.Class -> what.ItMisses not found".
    assertThat(said.toString().lines().filter(line -> line.startsWith(" ")))
        .noneMatch(line -> !ELSEWHERE.matcher(line.replaceAll("^.*-> *", "")).matches());
  }

  private static boolean isBerths(Path place) {
    return Stream.of("oci", "layers", "net", "core", "docker")
        .anyMatch(m -> place.toString().contains("/" + m + "/target/"));
  }

  @Test
  void theTestsOwnLibrariesAreLeftOut() {
    assertThat(found)
        .isNotEmpty()
        .noneMatch(p -> p.toString().contains("testcontainers-2"))
        .noneMatch(p -> p.toString().contains("junit"));
  }
}
