package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IgnorePatternsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "a | a | true",
        "a | b | false",
        "a | a/b | true",
        "a | a/b/c | true",
        "a | b/a | false",
        "a | ab | false",
        "/a | a | true",
        "./a | a | true",
        "a/ | a | true",
        "a/ | a/b | true",
        "a//b | a/b | true",
        "a/./b | a/b | true",
        "a/../b | b | true",
        "/a/b/ | a/b/c | true",
        "* | a | true",
        "* | a/b | true",
        "* | .git | true",
        "*.go | a.go | true",
        "*.go | d/a.go | false",
        "*/a | d/a | true",
        "*/a | a | false",
        "*/a | d/e/a | false",
        "*/*/a | d/e/a | true",
        "*/temp* | d/temporary.txt | true",
        "a* | abc | true",
        "a* | a/b | true",
        "a?c | abc | true",
        "a?c | a/c | false",
        "a? | a | false",
        "temp? | tempa | true",
        "[a-c] | b | true",
        "[a-c] | d | false",
        "[^a-c] | d | true",
        "[^a-c] | b | false",
        "[abc].x | c.x | true",
        "[a-cx-z] | y | true",
        "x[0-9][0-9] | x42 | true",
        "x[0-9] | x42 | false",
        "[!a] | ! | true",
        "[!a] | b | false",
        "[\\]] | ] | true",
        "[a\\-z] | - | true",
        "[a\\-z] | m | false",
        "a[^x]b | a/b | false",
        "\\* | * | true",
        "\\* | a | false",
        "a\\?b | a?b | true",
        "a\\?b | axb | false",
        "\\!a | !a | true",
        "\\#a | #a | true",
        "a.b | axb | false",
        "a+(b) | a+(b) | true",
        "a{b} | a{b} | true",
        "a$ | a$ | true",
        "a^b | a^b | true",
        "a&b | a&b | true",
        "** | a/b | true",
        "** | a | true",
        "**/a | a | true",
        "**/a | x/a | true",
        "**/a | x/y/a | true",
        "**/a | x/y/a/z | true",
        "**/a | xa | false",
        "**/*.go | a.go | true",
        "**/*.go | x/y/a.go | true",
        "**/*.go | a.goo | false",
        "a/** | a | false",
        "a/** | a/b | true",
        "a/** | a/b/c | true",
        "a/** | b/a | false",
        "a/**/b | a/b | true",
        "a/**/b | a/x/b | true",
        "a/**/b | a/x/y/b | true",
        "a/**/b | ab | false",
        "a/**/*.txt | a/x/y.txt | true",
        "**/a/** | x/a/y | true",
        "**/a/** | a/y | true",
        "**/a/** | x/a | false",
        "**/node_modules | p/q/node_modules/r | true",
        "**.txt | a.txt | true",
        "**.txt | d/a.txt | true",
        "**.txt | a.txtx | false",
        "**/.git | .git/config | true",
        "**/.git | x.git | false",
        "ä* | äb | true",
        "😀? | 😀😀 | true",
        "[😀-😂] | 😁 | true",
        "a b | a b | true",
        "^  a  ^ | a | true",
        "# a | # a | false",
        "^  # a^ | # a | true",
      })
  void matchesOnePattern(String pattern, String path, boolean expected) {
    assertThat(IgnorePatterns.parse(pattern).matches(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*.md;!README.md | README.md | false",
        "*.md;!README.md | a.md | true",
        "!README.md;*.md | README.md | true",
        "*.md;!README*.md;README-secret.md | README-secret.md | true",
        "*.md;!README*.md;README-secret.md | README-x.md | false",
        "*.md;README-secret.md;!README*.md | README-secret.md | false",
        "docs;!docs/keep | docs/keep | false",
        "docs;!docs/keep | docs/keep/deep/x | false",
        "docs;!docs/keep | docs/other | true",
        "docs;!docs/keep;docs/keep/x | docs/keep/x | true",
        "docs;!docs/keep;docs/keep/x | docs/keep/y | false",
        "*;!src;!pom.xml | src/main/A.java | false",
        "*;!src;!pom.xml | target/A.class | true",
        "*;!src;!pom.xml | pom.xml | false",
        "**;!**/*.java | a/b/C.java | false",
        "**;!**/*.java | a/b/C.class | true",
        "a;! a/b | a/b | false",
        "a;!/a/b | a/b | false",
        "a;!a | a/b | false",
        "a;;#x;b | b | true",
      })
  void letsTheLastMatchDecide(String patterns, String path, boolean expected) {
    IgnorePatterns ignore = IgnorePatterns.parse(patterns.replace(";", "\n"));

    assertThat(ignore.matches(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "docs | docs | false",
        "docs | src | true",
        "docs;!docs/keep | docs | true",
        "docs;!docs/keep | docs/other | false",
        "docs;!docs/a/keep | docs/a | true",
        "docs;!doc*/keep | docs | true",
        "docs;!src | docs | false",
        "*;!**/x | a/b | true",
        "*;!a/*/c | a/b | true",
        "*;!a/*/c | b | false",
        "*;!ab | a | false",
        "*;!a | a/b | true",
      })
  void saysWhichIgnoredDirectoriesAWalkHasToEnter(String patterns, String dir, boolean expected) {
    IgnorePatterns ignore = IgnorePatterns.parse(patterns.replace(";", "\n"));

    assertThat(ignore.mayContainIncluded(dir)).isEqualTo(expected);
  }

  @Test
  void manyStarsEnd() {
    String path = "a".repeat(30) + "/" + "b".repeat(2000);

    for (String many : List.of("*a".repeat(40), "**/".repeat(40) + "x", "*".repeat(99) + "c")) {
      assertThat(IgnorePatterns.parse(many).matches(path)).as(many).isFalse();
    }
    assertThat(IgnorePatterns.parse("**/*b*b*b*b*b*b*b*b*b*b").matches(path)).isTrue();
  }

  @Test
  void readsByteOrderMarkAndCarriageReturns() {
    IgnorePatterns ignore = IgnorePatterns.parse("\ufeffa\r\nb\r\n!b/c\r\n");

    assertThat(List.of(ignore.matches("a"), ignore.matches("b/x"), ignore.matches("b/c")))
        .containsExactly(true, true, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "[]", "[a", "[a-", "[a-]", "[-a]", "a\\", "[\\", "[^]", "!", "! [a"})
  void refusesWhatIsNoPattern(String pattern) {
    assertThatThrownBy(() -> IgnorePatterns.parse("ok\n" + pattern))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Invalid pattern");
  }

  @Property
  void aWalkThatPrunesMissesNothing(
      @ForAll("patternLists") List<String> patterns, @ForAll("paths") String path) {
    IgnorePatterns ignore = IgnorePatterns.parse(String.join("\n", patterns));

    for (int at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      if (!ignore.mayContainIncluded(path.substring(0, at))) {
        assertThat(ignore.matches(path)).isTrue();
      }
    }
  }

  @Provide
  Arbitrary<List<String>> patternLists() {
    Arbitrary<String> part = Arbitraries.of("a", "b", "c", "ab", "*", "**", "a*", "?", "[ab]");
    return part.list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(parts -> String.join("/", parts))
        .flatMap(pattern -> Arbitraries.of(pattern, "!" + pattern))
        .list()
        .ofMaxSize(5);
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of("a", "b", "c", "ab")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join("/", parts));
  }
}
