package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.berth.dockerfile.Instruction.Env;
import io.berth.dockerfile.Instruction.Run;
import io.berth.error.NotFoundException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerfileParserTest {
  private static Dockerfile parse(String text) {
    return Dockerfile.parse(text, "Dockerfile");
  }

  /** The text of the cell, with line feeds for ¶, behind a FROM. */
  private static List<String> parsed(String cell) {
    return parse("FROM x\n" + cell.replace('¶', '\n')).steps().stream()
        .skip(1)
        .map(s -> s.instruction().text())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "RUN a b | RUN a b",
        "run a | RUN a",
        "RuN a | RUN a",
        "RUN   a  b   | RUN a  b",
        "RUN\ta | RUN a",
        "\tRUN a | RUN a",
        "RUN [\"a\", \"b c\"] | RUN [\"a\", \"b c\"]",
        "RUN [\"a\",\"b\"]   | RUN [\"a\", \"b\"]",
        "RUN ['a'] | RUN ['a']",
        "RUN [ -f x ] && y | RUN [ -f x ] && y",
        "RUN [\"a\"] b | RUN [\"a\"] b",
        "RUN [\"a\", | RUN [\"a\",",
        "RUN a \\¶b | RUN a b",
        "RUN a \\  ¶b | RUN a b",
        "RUN a \\¶  b | RUN a   b",
        "RUN a\\¶b | RUN ab",
        "RUN a \\¶# note¶b | RUN a b",
        "RUN a \\¶  # note¶b | RUN a b",
        "RUN a \\¶¶¶b | RUN a b",
        "RUN a \\¶# x \\¶b | RUN a b",
        "RUN a # b | RUN a # b",
        "RUN a \\\\¶RUN b | RUN a \\\\;RUN b",
        "RUN \\¶a | RUN a",
        "\\¶RUN a | RUN a",
        "RUN a \\ | RUN a",
        "# note¶RUN a | RUN a",
        "  # note¶¶RUN a | RUN a",
        "RUN -- --a | RUN -- --a",
        "RUN cat <<<word | RUN cat <<<word",
        "RUN cat <<EOF¶a¶b¶EOF | RUN cat <<EOF¶a¶b¶EOF",
        "RUN <<EOF¶a \\¶b # c¶EOF¶USER u | RUN <<EOF¶a \\¶b # c¶EOF;USER u",
        "RUN cat <<'E F'¶USER u | RUN cat <<'E F';USER u",
        "RUN cat <<-EOF > /x¶\ta¶\t\tEOF | RUN cat <<-EOF > /x¶\ta¶EOF",
        "RUN cat <<A 3<<\"B\"¶a¶A¶b¶B | RUN cat <<A 3<<\"B\"¶a¶A¶b¶B",
        "RUN cat << EOF¶a¶EOF | RUN cat << EOF¶a¶EOF",
        "RUN cat <<EOF¶EOF | RUN cat <<EOF¶EOF",
        "RUN cat <<EOF¶¶# x¶EOF | RUN cat <<EOF¶¶# x¶EOF",
        "RUN --mount=target=/x cat <<EOF¶a¶EOF | RUN --mount=target=/x cat <<EOF¶a¶EOF",
        "COPY <<a.txt /b/¶x $Y¶a.txt | COPY <<a.txt /b/¶x $Y¶a.txt",
        "COPY <<'a' <<\"b\" c /d/¶1¶a¶2¶b | COPY c <<\"a\" <<\"b\" /d/¶1¶a¶2¶b",
        "ADD --chmod=600 <<-E /d¶\t1¶E | ADD --chmod=600 <<-E /d¶\t1¶E",
        "ONBUILD COPY <<a /b¶x¶a | ONBUILD COPY <<a /b¶x¶a",
        "ENV a=<<EOF | ENV a=<<EOF",
        "COPY [\"<<a\", \"/b\"] | COPY [\"<<a\", \"/b\"]",
        "RUN --mount=type=cache,target=/c a | RUN --mount=type=cache,target=/c a",
        "RUN --mount=target=/c --mount=type=ssh --network=none a | RUN --mount=target=/c --mount=type=ssh --network=none a",
        "RUN --network=host --security=insecure [\"a\"] | RUN --network=host --security=insecure [\"a\"]",
        "RUN --mount=\"type=bind,target=/a b\" c | RUN --mount=\"type=bind,target=/a b\" c",
        "RUN --mount=type=$T,target=$D a | RUN --mount=type=$T,target=$D a",
        "RUN --device=vendor/x=all a | RUN --device=vendor/x=all a",
        "COPY --link a b | COPY --link a b",
        "COPY --link=true --parents a b | COPY --link --parents a b",
        "COPY --link=false a b | COPY a b",
        "COPY --exclude=*.md --exclude=x a b | COPY --exclude=*.md --exclude=x a b",
        "ADD --keep-git-dir=true --checksum=sha256:0 a b | ADD --checksum=sha256:0 --keep-git-dir a b",
        "ADD --unpack=false a b | ADD --unpack=false a b",
        "ADD --link --exclude=y https://x/y /z | ADD --link --exclude=y https://x/y /z",
        "FROM a AS b¶FROM c AS B | FROM a AS b;FROM c AS b",
        "RUN echo \"a <<EOF\" | RUN echo \"a <<EOF\"",
        "RUN echo $((1<<2)) | RUN echo $((1<<2))",
        "RUN [\"sh\", \"-c\", \"cat <<EOF\"] | RUN [\"sh\", \"-c\", \"cat <<EOF\"]",
        "CMD [] | CMD []",
        "CMD a b | CMD a b",
        "ENTRYPOINT [\"a\\\"b\"] | ENTRYPOINT [\"a\\\"b\"]",
        "ENV a=b | ENV a=b",
        "ENV a=b c=d | ENV a=b c=d",
        "ENV a b c | ENV a=b\\ c",
        "ENV a   b | ENV a=b",
        "ENV a b=c | ENV a=b=c",
        "ENV a=\"b c\" d='e f' | ENV a=\"b c\" d='e f'",
        "ENV a=b\\ c | ENV a=b\\ c",
        "ENV a= | ENV a=",
        "ENV a=b=c | ENV a=b=c",
        "ENV a=b \\¶ c=d | ENV a=b c=d",
        "LABEL a.b=c | LABEL a.b=c",
        "LABEL \"a b\"=c | LABEL \"a b\"=c",
        "LABEL a b | LABEL a=b",
        "ARG a | ARG a",
        "ARG a=b c | ARG a=b c",
        "ARG a=\"b c\" | ARG a=\"b c\"",
        "COPY a b | COPY a b",
        "COPY a b c/ | COPY a b c/",
        "COPY [\"a b\", \"c\"] | COPY [\"a b\", \"c\"]",
        "COPY [\"a\", \"c\"] | COPY a c",
        "COPY --from=x --chown=u:g --chmod=755 a b | COPY --from=x --chown=u:g --chmod=755 a b",
        "COPY --chmod=755 --from=x a b | COPY --from=x --chmod=755 a b",
        "COPY --from=x \\¶ a b | COPY --from=x a b",
        "ADD --chown=u a b | ADD --chown=u a b",
        "ADD https://x/y /z | ADD https://x/y /z",
        "WORKDIR /a | WORKDIR /a",
        "WORKDIR \"/a b\" | WORKDIR \"/a b\"",
        "USER $U:${G:-0} | USER $U:${G:-0}",
        "EXPOSE 80 443/tcp 53/udp 7000-7010 | EXPOSE 80 443/tcp 53/udp 7000-7010",
        "VOLUME /a /b | VOLUME [\"/a\", \"/b\"]",
        "VOLUME [\"/a\"] | VOLUME [\"/a\"]",
        "STOPSIGNAL SIGTERM | STOPSIGNAL SIGTERM",
        "SHELL [\"bash\", \"-c\"] | SHELL [\"bash\", \"-c\"]",
        "HEALTHCHECK none | HEALTHCHECK NONE",
        "HEALTHCHECK CMD a b | HEALTHCHECK CMD a b",
        "HEALTHCHECK --retries=3 --interval=1m30s CMD a | HEALTHCHECK --interval=1m30s --retries=3 CMD a",
        "HEALTHCHECK cmd [\"a\"] | HEALTHCHECK CMD [\"a\"]",
        "ONBUILD RUN a | ONBUILD RUN a",
        "onbuild copy --from=x a b | ONBUILD COPY --from=x a b",
        "MAINTAINER A B <a@b> | MAINTAINER A B <a@b>",
        "FROM a AS b | FROM a AS b",
        "FROM a as Build-1 | FROM a AS build-1",
        "FROM --platform=$P a | FROM --platform=$P a",
        "FROM a:1@sha256:0 | FROM a:1@sha256:0",
      })
  void readsInstructions(String text, String expected) {
    List<String> instructions = parsed(text);

    assertThat(instructions).containsExactly(expected.replace('¶', '\n').split(";"));
    assertThat(parsed(String.join("\n", instructions))).isEqualTo(instructions);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "RNU a | 2 | 1 | did you mean RUN?",
        "FORM a | 2 | 1 | did you mean FROM?",
        "WORKDR /a | 2 | 1 | did you mean WORKDIR?",
        "COPPY a b | 2 | 1 | did you mean COPY?",
        "ENTRY a | 2 | 1 | known are ADD",
        "^  RNU a^ | 2 | 3 | unknown instruction RNU",
        "¶¶RNU a | 4 | 1 | unknown instruction RNU",
        "RUN a \\¶ b¶RNU c | 4 | 1 | unknown instruction RNU",
        "RUN | 2 | 4 | expected a command after RUN",
        "RUN [] | 2 | 5 | found an empty array",
        "RUN [\"a\", 1] | 2 | 5 | array of strings alone, found the element 1",
        "CMD [null] | 2 | 5 | array of strings alone",
        "RUN --cache a | 2 | 5 | unknown flag --cache of RUN",
        "RUN cat <<EOF¶a | 2 | 9 | expected the line EOF as the end of the here-document",
        "RUN cat <<EOF¶a¶ EOF | 2 | 9 | expected the line EOF",
        "RUN cat <<-EOF¶a¶ EOF | 2 | 9 | expected the line EOF",
        "RUN cat <<A <<B¶a¶A | 2 | 9 | expected the line B",
        "COPY <<EOF /a¶b | 2 | 6 | expected the line EOF",
        "COPY a <<EOF¶b¶EOF | 2 | 6 | found the here-document <<EOF",
        "COPY <<EOF¶b¶EOF | 2 | 6 | found 1 of them",
        "ONBUILD RUN <<EOF¶b | 2 | 13 | expected the line EOF",
        "RUN --mount a | 2 | 5 | expected a value: --mount=VALUE",
        "RUN --mount=type=disk,target=/x a | 2 | 5 | unknown mount type disk; known are bind, cache",
        "RUN --mount=type=cach,target=/x a | 2 | 5 | did you mean cache?",
        "RUN --mount=type=cache a | 2 | 5 | expected target=PATH for --mount=type=cache",
        "RUN --mount=type=bind,target= a | 2 | 5 | expected target=VALUE",
        "RUN --mount=target=/x,form=y a | 2 | 5 | unknown option form of --mount; did you mean from?",
        "RUN --mount=type=cache,target=/x,sharing=some a | 2 | 5 | unknown sharing some; known are shared",
        "RUN --mount=target=/x,sharing=locked a | 2 | 5 | sharing does not go with --mount=type=bind",
        "RUN --mount=type=cache,target=/x,mode=9 a | 2 | 5 | expected an octal mode for mode, found 9",
        "RUN --mount=type=cache,target=/x,uid=me a | 2 | 5 | expected a number for uid, found me",
        "RUN --mount=type=tmpfs,target=/x,size=big a | 2 | 5 | expected a size such as 64m, found big",
        "RUN --mount=type=tmpfs,target=/x,uid=1 a | 2 | 5 | uid does not go with --mount=type=tmpfs",
        "RUN --mount=type=cache,target=/x,ro=maybe a | 2 | 5 | expected true or false for ro",
        "RUN --mount=type=secret a | 2 | 5 | expected an id, source or target",
        "RUN --mount=type=secret,id=a,source=b a | 2 | 5 | found both",
        "RUN --mount=type=secret,id=a,from=b a | 2 | 5 | takes no from",
        "RUN --mount=from=$X,target=/x a | 2 | 5 | from takes no variables",
        "RUN --mount=target=/x \\¶ --mount=type=nope,target=/y a | 3 | 2 | unknown mount type nope",
        "RUN --network=bridge a | 2 | 5 | expected default or none or host for --network, found bridge",
        "RUN --security=none a | 2 | 5 | expected sandbox or insecure for --security",
        "RUN --network=none --network=host a | 2 | 20 | the flag --network is given twice",
        "RUN --netwrok=none a | 2 | 5 | unknown flag --netwrok of RUN; did you mean --network?",
        "COPY --link=maybe a b | 2 | 6 | expected true or false for --link, found maybe",
        "COPY --link= a b | 2 | 6 | expected a value: --link=VALUE",
        "COPY --checksum=x a b | 2 | 6 | unknown flag --checksum of COPY",
        "ADD --parents a b | 2 | 5 | unknown flag --parents of ADD",
        "FROM --platform a | 2 | 6 | expected a value: --platform=VALUE",
        "ONBUILD COPY --form=x a b | 2 | 14 | unknown flag --form of COPY; did you mean --from?",
        "COPY a | 2 | 6 | expected COPY SOURCE... DESTINATION",
        "COPY | 2 | 5 | found 0 of them",
        "COPY --form=x a b | 2 | 6 | unknown flag --form of COPY; did you mean --from?",
        "COPY --frm--=x a b | 2 | 6 | known are --from, --chown, --chmod, --link, --parents, --exclude",
        "COPY --from a b | 2 | 6 | --from=VALUE",
        "COPY --from=x --from=y a b | 2 | 15 | the flag --from is given twice",
        "COPY --from=x \\¶  --form=y a b | 3 | 3 | unknown flag --form of COPY",
        "ADD --from=x a b | 2 | 5 | known are --chown, --chmod, --checksum, --link, --keep-git-dir",
        "ENV a | 2 | 5 | expected ENV NAME=VALUE, found only a",
        "ENV | 2 | 4 | expected NAME=VALUE after ENV",
        "ENV a=b c | 2 | 5 | found c; a value with blanks needs quotes",
        "ENV =b | 2 | 5 | expected a name before =",
        "LABEL a | 2 | 7 | expected LABEL NAME=VALUE",
        "ARG | 2 | 4 | expected NAME or NAME=DEFAULT",
        "ARG =a | 2 | 5 | expected a name before =",
        "WORKDIR | 2 | 8 | expected a directory",
        "USER | 2 | 5 | expected a user",
        "EXPOSE | 2 | 7 | expected a port",
        "VOLUME [\"\"] | 2 | 8 | found an empty one",
        "STOPSIGNAL a b | 2 | 12 | expected a signal alone",
        "SHELL bash | 2 | 7 | in JSON, found bash",
        "SHELL [] | 2 | 7 | in JSON, found []",
        "HEALTHCHECK CMDa | 2 | 13 | HEALTHCHECK NONE or HEALTHCHECK [OPTIONS] CMD",
        "HEALTHCHECK CMD | 2 | 13 | HEALTHCHECK NONE or HEALTHCHECK [OPTIONS] CMD",
        "HEALTHCHECK CMD [] | 2 | 13 | found an empty array",
        "HEALTHCHECK --interval=soon CMD a | 2 | 13 | a time such as 30s or 1m30s for --interval",
        "HEALTHCHECK --retries=-1 CMD a | 2 | 13 | a number such as 3 for --retries",
        "ONBUILD ONBUILD RUN a | 2 | 9 | not allowed as an ONBUILD trigger",
        "ONBUILD FROM a | 2 | 9 | not allowed as an ONBUILD trigger",
        "ONBUILD RNU a | 2 | 9 | did you mean RUN?",
        "FROM | 2 | 5 | expected FROM IMAGE [AS NAME]",
        "FROM a AS | 2 | 6 | expected FROM IMAGE [AS NAME]",
        "FROM a IS b | 2 | 6 | expected FROM IMAGE [AS NAME]",
        "FROM a AS 1b | 2 | 6 | invalid stage name 1b",
      })
  void saysWhereAndWhatIsWrong(String text, int line, int column, String message) {
    DockerfileSyntaxException e =
        catchThrowableOfType(DockerfileSyntaxException.class, () -> parsed(text));

    assertThat(e).hasMessageContaining(message);
    assertThat(List.of(e.file(), e.line(), e.column()))
        .isEqualTo(List.of("Dockerfile", line, column));
  }

  @Test
  void pointsAtTheErrorWithACaret() {
    assertThatThrownBy(() -> parse("FROM x\nCOPY --form=y a b"))
        .hasMessageStartingWith("Dockerfile:2:6: ")
        .hasMessageEndingWith("\n  COPY --form=y a b\n       ^");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# only a comment", "RUN a", "ARG a", "ENV a=b\nFROM x"})
  void asksForAStage(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(DockerfileSyntaxException.class)
        .hasMessageContaining("FROM");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# escape=`\nFROM x\nRUN a `\nb",
        "#escape=`\nFROM x\nRUN a `\nb",
        "# ESCAPE = ` \nFROM x\nRUN a `\nb",
        "# syntax=docker/dockerfile:1\n# escape=`\n# check=skip=all\nFROM x\nRUN a `\nb",
        "\ufeff# escape=`\r\nFROM x\r\nRUN a `\r\nb\r\n",
      })
  void takesTheEscapeDirective(String text) {
    Dockerfile dockerfile = parse(text);

    assertThat(dockerfile.escape()).isEqualTo('`');
    assertThat(dockerfile.steps().get(1).instruction())
        .isEqualTo(new Run(new Command.Shell("a b")));
    assertThat(parse(dockerfile.toString())).isEqualTo(dockerfile);
  }

  @ParameterizedTest
  @ValueSource(strings = {"# note\n# escape=`\n", "\n# escape=`\n", "# foo=bar\n# escape=`\n"})
  void takesADirectiveAfterAnythingElseForAComment(String head) {
    assertThat(parse(head + "FROM x").escape()).isEqualTo('\\');
  }

  @ParameterizedTest
  @ValueSource(strings = {"# escape=x\nFROM x", "# escape=`\n# escape=`\nFROM x"})
  void refusesBadDirectives(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(DockerfileSyntaxException.class);
  }

  @Test
  void remembersLines() {
    Dockerfile dockerfile = parse("# note\nFROM x\n\nRUN a \\\n# more\n  b\nUSER u\r\n");

    assertThat(dockerfile.steps().stream().map(s -> s.location().orElseThrow()))
        .containsExactly(
            new Location("Dockerfile", 2, 2),
            new Location("Dockerfile", 4, 6),
            new Location("Dockerfile", 7, 7));
  }

  @Test
  void tellsStagesAndGlobalArgumentsApart() {
    Dockerfile dockerfile = parse("ARG V=1\nFROM a:$V AS One\nRUN x\nFROM one\nCOPY a b\nUSER u");

    assertThat(dockerfile.globalArgs()).hasSize(1);
    assertThat(dockerfile.stages()).extracting(s -> s.steps().size()).containsExactly(1, 2);
    assertThat(dockerfile.stages().get(0).name()).contains("one");
    assertThat(dockerfile.stages().get(1).name()).isEmpty();
  }

  @Test
  void equalsWhatWasComposed() {
    Dockerfile composed = Dockerfile.from("x").env("A", "b c").run("make");

    assertThat(parse("from x\n\nenv A=\"b c\"\nrun make")).isEqualTo(composed);
    assertThat(composed.steps().get(1).instruction())
        .isEqualTo(new Env(List.of(new Pair("A", "\"b c\""))));
  }

  @Test
  void saysWhenThereIsNoFile(@TempDir Path dir) {
    assertThatThrownBy(() -> Dockerfile.read(dir.resolve("Dockerfile")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(dir.toString());
  }
}
