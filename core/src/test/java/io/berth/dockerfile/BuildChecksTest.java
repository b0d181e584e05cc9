package io.berth.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildChecksTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "FROM a AS Build | StageNameCasing:1",
        "FROM a AS build | ",
        "FROM a as build | FromAsCasing:1",
        "from a as build | ",
        "from a AS build | FromAsCasing:1",
        "FROM a¶RUN x \\¶¶ y | NoEmptyContinuation:2",
        "FROM a¶RUN x \\¶# note¶ y | ",
        "FROM a¶run x¶COPY a b | ConsistentInstructionCasing:2",
        "FROM a¶Run x | ConsistentInstructionCasing:2",
        "from a¶run x¶copy a b | ",
        "FROM a AS s¶FROM b AS s | DuplicateStageName:2",
        "FROM a AS scratch | ReservedStageName:1",
        "FROM a AS context | ReservedStageName:1",
        "FROM a¶CMD echo x | JSONArgsRecommended:2",
        "FROM a¶CMD [\"echo\", \"x\"] | ",
        "FROM a¶ENTRYPOINT x | JSONArgsRecommended:2",
        "FROM a¶SHELL [\"bash\", \"-c\"]¶CMD x | ",
        "FROM a¶MAINTAINER me | MaintainerDeprecated:2",
        "FROM a:$V | UndefinedArgInFrom:1,InvalidDefaultArgInFrom:1",
        "ARG V=1¶FROM a:$V | ",
        "ARG V¶FROM a:$V | InvalidDefaultArgInFrom:2",
        "ARG V¶FROM ${V:-a} | ",
        "FROM --platform=$BUILDPLATFORM a | ",
        "FROM --platform=$TARGETPLATFORM a | RedundantTargetPlatform:1",
        "FROM --platform=linux/amd64 a | FromPlatformFlagConstDisallowed:1",
        "FROM --platform=linux/amd64 a AS x-amd64 | ",
        "FROM a¶EXPOSE 80 443/tcp $PORT | ",
        "FROM a¶EXPOSE 80/TCP | ExposeProtoCasing:2",
        "FROM a¶EXPOSE 127.0.0.1:80:80 | ExposeInvalidFormat:2",
        "FROM a¶WORKDIR b | WorkdirRelativePath:2",
        "FROM a¶WORKDIR /b¶WORKDIR c | ",
        "FROM a¶CMD [\"a\"]¶CMD [\"b\"] | MultipleInstructionsDisallowed:2",
        "FROM a¶CMD [\"a\"]¶FROM b¶CMD [\"b\"] | ",
        "FROM a¶HEALTHCHECK NONE¶HEALTHCHECK CMD x | MultipleInstructionsDisallowed:2",
        "FROM a¶ENV A b | LegacyKeyValueFormat:2",
        "FROM a¶LABEL A b | LegacyKeyValueFormat:2",
        "FROM a¶ENV A=b | ",
        "FROM a¶ENV DB_PASSWORD=x | SecretsUsedInArgOrEnv:2",
        "FROM a¶ARG API_TOKEN | SecretsUsedInArgOrEnv:2",
        "FROM a¶ARG PUBLIC_KEY | ",
        "FROM a¶ENV MONKEY=x | ",
        "# check=skip=all¶FROM a AS Build¶CMD x | ",
        "# check=skip=StageNameCasing¶FROM a AS Build¶CMD x | JSONArgsRecommended:3",
      })
  void findsMistakes(String text, String expected) {
    Dockerfile dockerfile = Dockerfile.parse(text.replace('¶', '\n'), "Dockerfile");

    assertThat(dockerfile.warnings())
        .extracting(w -> w.rule() + ":" + w.location().orElseThrow().firstLine())
        .containsExactlyInAnyOrder(expected == null ? new String[0] : expected.split(","));
  }

  @Test
  void directivesArePrinted() {
    String text = "# syntax=docker/dockerfile:1\n# escape=`\n# check=error=true\nFROM a\n";

    Dockerfile dockerfile = Dockerfile.parse(text, "Dockerfile");

    assertThat(dockerfile.toString()).isEqualTo(text);
    assertThat(dockerfile.checks().error()).isTrue();
    assertThat(dockerfile.syntax()).contains("docker/dockerfile:1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "error=maybe", "warn=all"})
  void refusesOtherOptions(String value) {
    assertThatThrownBy(() -> Dockerfile.parse("# check=" + value + "\nFROM a", "Dockerfile"))
        .isInstanceOf(DockerfileSyntaxException.class);
  }
}
