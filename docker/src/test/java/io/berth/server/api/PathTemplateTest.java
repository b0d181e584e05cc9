package io.berth.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {
  @ParameterizedTest
  @CsvSource({
    "/info, /info, true",
    "/info, /info/, false",
    "/info, /inf, false",
    "/containers/{id}/json, /containers/a/json, true",
    "/containers/{id}/json, /containers//json, false",
    "/containers/{id}/json, /containers/a/b/json, false",
    "/containers/{id}/json, /containers/a/json/x, false",
    "/images/{name*}/json, /images/json, false",
    "/images/{name*}/json, /images//json, true",
    "/volumes/{name*}, /volumes/, true",
    "/containers/{id}, /containers/a, true",
    "/containers/{id}, /containers/, false",
  })
  void saysWhichPathsItMeans(String template, String path, boolean matches) {
    assertThat(new PathTemplate(template).match(path).isPresent()).isEqualTo(matches);
  }

  @Test
  void variablesHaveTheirValues() {
    assertThat(new PathTemplate("/a/{b}/c/{d*}/e").match("/a/1/c/x/e/y/e"))
        .contains(Map.of("b", "1", "d", "x/e/y"));
    assertThat(new PathTemplate("/images/{name*}/json").match("/images/a/json/json"))
        .contains(Map.of("name", "a/json"));
  }
}
