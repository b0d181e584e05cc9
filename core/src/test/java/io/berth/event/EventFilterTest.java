package io.berth.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Event;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFilterTest {
  private static final Event START =
      new Event(
          "container",
          "exec_create: sh -c",
          "abc123",
          Map.of("name", "web", "image", "nginx:1.27", "colour", "red"),
          Instant.EPOCH);
  private static final Event PULL =
      new Event("image", "pull", "nginx:1.27", Map.of("name", "nginx"), Instant.EPOCH);

  @ParameterizedTest
  @CsvSource({
    "type, container, true, false",
    "type, image, false, true",
    "event, exec_create, true, false",
    "event, exec_create: sh -c, true, false",
    "event, exec, false, false",
    "event, pull, false, true",
    "container, abc, true, false",
    "container, web, true, false",
    "container, nginx, false, false",
    "image, nginx:1.27, true, true",
    "image, nginx, true, true",
    "image, ngin, false, false",
    "label, colour, true, false",
    "label, colour=red, true, false",
    "label, colour=blue, false, false",
    "scope, local, true, true",
    "scope, swarm, false, false"
  })
  void aKeyChooses(String key, String value, boolean start, boolean pull) {
    EventFilter filter = new EventFilter().add(key, value);

    assertThat(filter.test(START)).isEqualTo(start);
    assertThat(filter.test(PULL)).isEqualTo(pull);
  }

  @Test
  void ofOneKeyAnyValueAndOfSeveralAll() {
    EventFilter either = new EventFilter().add("type", "container").add("type", "image");
    EventFilter both = new EventFilter().add("type", "image").add("container", "web");

    assertThat(either.test(START) && either.test(PULL)).isTrue();
    assertThat(both.test(START) || both.test(PULL)).isFalse();
  }
}
