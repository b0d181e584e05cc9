package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChallengeTest {

  @Test
  void readsWhatRegistriesSend() {
    assertThat(
            parse(
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                    + "scope=\"repository:library/redis:pull,push\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm", "https://auth.docker.io/token",
                    "service", "registry.docker.io",
                    "scope", "repository:library/redis:pull,push")));
    assertThat(parse("Basic realm=\"a \\\"quoted\\\" one\""))
        .containsExactly(new Challenge("basic", Map.of("realm", "a \"quoted\" one")));
    assertThat(parse("Negotiate, Basic realm=x , BEARER realm = \"r\""))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("basic", Map.of("realm", "x")),
            new Challenge("bearer", Map.of("realm", "r")));
    assertThat(parse("Bearer error=\"\"").get(0).parameter("error")).isEmpty();
    assertThat(Challenge.parse(List.of("Negotiate", "Basic realm=\"x\""))).hasSize(2);
  }

  @Property
  void readsAnythingToItsEnd(@ForAll String header) {
    assertThat(parse(header)).isNotNull();
  }

  private static List<Challenge> parse(String header) {
    return Challenge.parse(List.of(header));
  }
}
