package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.dockerfile.Instruction.Run;
import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DockerfilePrintingTest {

  @Property
  void printsWhatParsesToTheSame(@ForAll("changes") List<UnaryOperator<Dockerfile>> changes) {
    for (Dockerfile base :
        List.of(Dockerfile.from("x"), Dockerfile.parse("# escape=`\nFROM x", "D"))) {
      Dockerfile composed = base;
      for (UnaryOperator<Dockerfile> change : changes) {
        composed = change.apply(composed);
      }

      assertThat(Dockerfile.parse(composed.toString(), "printed")).isEqualTo(composed);
    }
  }

  /** Any printable text, and often the characters that mean something. */
  private static Arbitrary<String> texts() {
    Arbitrary<String> special =
        Arbitraries.of("\\", "`", "\"", "'", "$", "=", "#", " ", "[", "]", "--", "<<E", "{", ",");
    Arbitrary<String> plain = Arbitraries.strings().ofMaxLength(3).filter(s -> !s.contains("\n"));
    return Arbitraries.oneOf(special, plain.filter(s -> s.chars().noneMatch(c -> c < ' ')))
        .list()
        .ofMaxSize(5)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<List<UnaryOperator<Dockerfile>>> changes() {
    Arbitrary<UnaryOperator<Dockerfile>> change =
        Combinators.combine(Arbitraries.integers().between(0, 8), texts(), texts())
            .as(DockerfilePrintingTest::change);
    return change.list().ofMaxSize(6);
  }

  private static UnaryOperator<Dockerfile> change(int kind, String a, String b) {
    return d ->
        switch (kind) {
          case 0 -> d.env("A", a);
          case 1 -> d.label("l" + a, b);
          case 2 -> d.copy(List.of("s" + a, "t" + b), "d" + a);
          case 3 -> d.run(List.of("p" + a, b));
          case 4 -> d.cmd(a, b);
          case 5 -> d.arg("A", a);
          case 6 -> d.workdir("/" + a);
          case 7 -> d.add("s" + a, "d" + b);
          default -> d.user("u" + a);
        };
  }

  static Stream<UnaryOperator<Dockerfile>> unwritable() {
    return Stream.of(
        d -> d.run(""),
        d -> d.run("a\nUSER root"),
        d -> d.run("a \\"),
        d -> d.run(List.of()),
        d -> d.run("[\"a\"]"),
        d -> d.run("cat <<EOF"),
        d -> d.env("A", "b\nUSER root"),
        d -> d.env("", "b"),
        d -> d.env("A B", "c"),
        d -> d.user("u\nUSER root"),
        d -> d.workdir("/a\nUSER root"),
        d -> d.copy(List.of(), "/a"),
        d -> d.arg("A B"),
        d -> d.stage("x y", "b"),
        d -> d.stage("x", "1 b"),
        d -> d.as("no name"));
  }

  @ParameterizedTest
  @MethodSource("unwritable")
  void refusesWhatNoDockerfileCanSay(UnaryOperator<Dockerfile> change) {
    assertThatThrownBy(() -> change.apply(Dockerfile.from("x")))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void keepsTextThatLooksLikeAFlag() {
    Dockerfile composed = Dockerfile.from("x").run("--help");

    assertThat(composed.toString()).isEqualTo("FROM x\nRUN -- --help\n");
    assertThat(Dockerfile.parse(composed.toString(), "D").steps().get(1).instruction())
        .isEqualTo(new Run(new Command.Shell("--help")));
  }

  @Test
  void namesStagesInLowerCase() {
    Dockerfile composed = Dockerfile.from("x").as("Build").stage("y", "Last");

    assertThat(composed.toString()).isEqualTo("FROM x AS build\nFROM y AS last\n");
  }
}
