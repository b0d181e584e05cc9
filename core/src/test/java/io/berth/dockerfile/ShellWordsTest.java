package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {
  private static final Map<String, String> VARIABLES =
      Map.ofEntries(
          Map.entry("A", "apple"),
          Map.entry("E", ""),
          Map.entry("LIST", "a b  c"),
          Map.entry("PATH", "/usr/local/bin"),
          Map.entry("FILE", "archive.tar.gz"),
          Map.entry("STAR", "*x*"),
          Map.entry("EMOJI", "😀😀b"),
          Map.entry("a1_", "under"));

  private static ShellWords words(char escape) {
    return new ShellWords(escape, name -> Optional.ofNullable(VARIABLES.get(name)));
  }

  // Quote character of the table is ^, so that the cells may hold ' and ".
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "plain | plain",
        "$A | apple",
        "x$A | xapple",
        "$A.x | apple.x",
        "$Ab | ^^",
        "${A}b | appleb",
        "$A$A | appleapple",
        "$a1_ | under",
        "$a1_- | under-",
        "$NONE | ^^",
        "${NONE} | ^^",
        "x$ | x$",
        "$ x | $ x",
        "$. | $.",
        "$1 | ^^",
        "$10 | ^^",
        "x$10y | xy",
        "$$A | A",
        "$? | ^^",
        "\\$A | $A",
        "\\\\$A | \\apple",
        "\\a | a",
        "a\\ b | a b",
        "abc\\ | abc",
        "'$A' | $A",
        "'a\\b' | a\\b",
        "'a\"b' | a\"b",
        "'' | ^^",
        "\"$A\" | apple",
        "\"${A}s\" | apples",
        "\"a'b\" | a'b",
        "\"a\\\"b\" | a\"b",
        "\"a\\$A\" | a$A",
        "\"a\\\\b\" | a\\b",
        "\"a\\nb\" | a\\nb",
        "\"\" | ^^",
        "a\"b c\"d'e f' | ab cde f",
        "\\' | '",
        "\\\" | \"",
        "it\\'s | it's",
        "a  b | a  b",
        "${NONE-x} | x",
        "${NONE:-x} | x",
        "${E-x} | ^^",
        "${E:-x} | x",
        "${A-x} | apple",
        "${A:-x} | apple",
        "${NONE-} | ^^",
        "${NONE:-$A} | apple",
        "${NONE:-${A}} | apple",
        "${NONE:-${E:-deep}} | deep",
        "${NONE:-a b} | a b",
        "${NONE:-'$A'} | $A",
        "${NONE:-\"}\"} | }",
        "${NONE:-\\}} | }",
        "${NONE+x} | ^^",
        "${NONE:+x} | ^^",
        "${E+x} | x",
        "${E:+x} | ^^",
        "${A+x} | x",
        "${A:+x} | x",
        "${A:+$PATH} | /usr/local/bin",
        "${A?no} | apple",
        "${A:?no} | apple",
        "${E?no} | ^^",
        "${PATH#*/} | usr/local/bin",
        "${PATH##*/} | bin",
        "${PATH%/*} | /usr/local",
        "${PATH%%/*} | ^^",
        "${FILE%.*} | archive.tar",
        "${FILE%%.*} | archive",
        "${FILE#*.} | tar.gz",
        "${FILE##*.} | gz",
        "${FILE#archive} | .tar.gz",
        "${FILE#tar} | archive.tar.gz",
        "${FILE%tar} | archive.tar.gz",
        "${FILE#a?c} | hive.tar.gz",
        "${FILE%?gz} | archive.tar",
        "${STAR#\\*} | x*",
        "${STAR%\\*} | *x",
        "${STAR##\\*x} | *",
        "${A#} | apple",
        "${A%} | apple",
        "${NONE#x} | ^^",
        "${A%$E} | apple",
        "${FILE%${NONE:-.gz}} | archive.tar",
        "${EMOJI#😀} | 😀b",
        "${EMOJI#?} | 😀b",
        "${EMOJI/😀/x} | x😀b",
        "${A/p/b} | abple",
        "${A//p/b} | abble",
        "${A/x/y} | apple",
        "${A//p/} | ale",
        "${A/a*l/x} | xe",
        "${A/?/x} | xpple",
        "${A//?/x} | xxxxx",
        "${A//*/x} | x",
        "${PATH//\\//-} | -usr-local-bin",
        "${PATH/\\/usr/} | /local/bin",
        "${STAR//\\*/-} | -x-",
        "${A/p/$} | a$ple",
        "${A/p/${E:-z}} | azple",
        "${FILE//./_} | archive_tar_gz",
        "\"${NONE:-a b}\" | a b",
        "\"${A%e}\" | appl",
      })
  void expandsAWordThatStaysOne(String word, String expected) {
    assertThat(words('\\').expand(word)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "`$A | $A",
        "C:\\dir | C:\\dir",
        "C:\\$A | C:\\apple",
        "``x | `x",
        "\"`\"\" | \"",
        "\"\\\" | \\",
        "a` b | a b",
        "${STAR#`*} | x*",
      })
  void takesTheBacktickAsEscape(String word, String expected) {
    assertThat(words('`').expand(word)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'open",
        "\"open",
        "${",
        "${A",
        "${}",
        "${A:x}",
        "${A:=x}",
        "${A!x}",
        "${A:-x",
        "${A:",
        "${A#x",
        "${A/x/y",
        "${:x}",
        "${{A}}",
        "${A:#x}",
        "${A:/x/y}",
        "\"${A\"",
        "${A:-'x}"
      })
  void refusesWhatIsNoWord(String word) {
    assertThatThrownBy(() -> words('\\').expand(word))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(word);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "${NONE?} | NONE: is not allowed to be unset",
        "${NONE:?} | NONE: is not allowed to be unset",
        "${E:?} | E: is not allowed to be empty",
        "${NONE?set me} | NONE: set me",
        "${E:?set $A} | E: set apple",
      })
  void saysWhichVariableIsMissing(String word, String message) {
    assertThatThrownBy(() -> words('\\').expand(word)).hasMessageEndingWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "$LIST | a,b,c",
        "x$LIST | xa,b,c",
        "\"$LIST\" | a b  c",
        "'a b' c | a b,c",
        "a\\ b | a b",
        "80 $NONE 443 | 80,443",
        "80  443 | 80,443",
      })
  void splitsAtBlanksOutsideOfQuotes(String text, String expected) {
    assertThat(words('\\').split(text)).isEqualTo(List.of(expected.split(",")));
  }

  @Property
  void aQuotedTextExpandsToItself(@ForAll String text) {
    assertThat(words('\\').expand(ShellWords.quote(text))).isEqualTo(text);
    assertThat(words('`').expand(ShellWords.quote(text, '`'))).isEqualTo(text);
    assertThat(words('\\').split(ShellWords.quote(text))).containsExactly(text);
  }

  @Property
  void anyTextExpandsOrIsRefused(@ForAll String text) {
    try {
      words('\\').expand("${A" + text);
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageStartingWith("Cannot expand");
    }
  }
}
