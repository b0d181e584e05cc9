package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The program that README shows is the one that {@link ExamplesIT} runs. */
class ReadmeTest {
  private static final Path QUICK_START =
      Path.of("src/main/java/io/berth/examples/QuickStart.java");

  @Test
  void readmeShowsTheQuickStart() throws IOException {
    String source = Files.readString(QUICK_START);
    String readme = Files.readString(Path.of("../README.md"));

    String region = between(source, "// README: begin\n", "// README: end");
    String shown = between(readme, "```java\n", "```");

    assertThat(shown.strip()).isEqualTo(region.stripTrailing().stripIndent().strip());
  }

  @Test
  void readmeOpensWithItsTwoCommands() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));

    assertThat(between(readme, "```sh\n", "```"))
        .contains("script/demo", "script/test")
        .hasLineCount(2);
  }

  private static String between(String text, String begin, String end) {
    assertThat(text).contains(begin);
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf(end, from);
    assertThat(to).as("end of the block that begins with " + begin).isPositive();
    // The line of the closing mark may be indented.
    return text.substring(from, text.lastIndexOf('\n', to) + 1);
  }
}
