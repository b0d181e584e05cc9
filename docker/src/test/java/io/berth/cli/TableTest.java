package io.berth.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {

  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    Table table = new Table("NAME", "PORTS", "LAST");
    table.row("a-longer-name", "", "x");
    table.row("…", "80", "a last cell is never padded");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            """
            NAME            PORTS     LAST
            a-longer-name             x
            …               80        a last cell is never padded
            """);
  }

  @Test
  void aRowHasAsManyCellsAsTheHeader() {
    assertThatThrownBy(() -> new Table("A", "B").row("only one"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "short, 20, short",
    "exactly five, 12, exactly five",
    "sh -c echo hello world, 20, sh -c echo hello wo…"
  })
  void longTextsEndInAnEllipsis(String text, int length, String shown) {
    assertThat(Text.ellipsis(text, length)).isEqualTo(shown);
  }

  @Test
  void quotedTextHasNoControlCharacters() {
    assertThat(Text.quote("say \"hi\"\n\t\\ \u001b[0m é"))
        .isEqualTo("\"say \\\"hi\\\"\\n\\t\\\\ \\x1b[0m é\"");
  }
}
