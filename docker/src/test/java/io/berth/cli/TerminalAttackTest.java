package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.error.NotFoundException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What images, labels and registries say is shown to a person, and not obeyed by the terminal. */
class TerminalAttackTest {
  private static final String ATTACK = "\u001b]0;owned\u0007\u001b[2J\r\u009b31m\u007fx";

  private static String list(String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Listing<String>("{{.Name}}\t{{.Labels}}")
        .column("Name", "NAME", name -> name)
        .column("Labels", "LABELS", name -> "a=" + ATTACK)
        .print(new PrintStream(out, true, StandardCharsets.UTF_8), format, List.of("web"));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void tablesShowControlCharacters() {
    for (String format : List.of("", "table", "table {{.Labels}}\t{{.Name}}")) {
      assertThat(list(format).replace("\n", ""))
          .as(format)
          .contains("owned")
          .doesNotContainPattern("[\\x00-\\x1f\\x7f\\x9b]");
    }
    assertThat(list("")).contains("a=\\x1b]0;owned\\x07\\x1b[2J\\x0d\\x9b31m\\x7fx");
  }

  @Test
  void errorsShowControlCharacters() {
    assertThat(ErrorText.of(new NotFoundException("the registry says " + ATTACK)))
        .isEqualTo("the registry says \\x1b]0;owned\\x07\\x1b[2J; \\x9b31m\\x7fx");
  }
}
