package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryPlacesTest {
  private final Insecure insecure =
      new Insecure(Set.of("plain.test:5000", "any.test", "10.1.0.0/16", "fd00::/8"));

  @ParameterizedTest
  @CsvSource({
    "plain.test:5000, true",
    "plain.test:5001, false",
    "plain.test, false",
    "any.test, true",
    "any.test:99, true",
    "10.1.255.3:5000, true",
    "10.2.0.1, false",
    "[fd12::1]:5000, true",
    "[fe80::1], false",
    "localhost:5000, true",
    "127.3.2.1, true",
    "[::1]:5000, true",
    "docker.io, false",
    "127.0.0.1.evil.test, false",
  })
  void knowsWhichRegistriesMayBeInsecure(String address, boolean allowed) {
    assertThat(insecure.allows(address)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "a.test/8", "10.0.0.0/", "/8", "fd00::/129"})
  void refusesRangesThatAreNone(String entry) {
    assertThatThrownBy(() -> new Insecure(Set.of(entry)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(entry);
  }

  @Test
  void goesToDockerHubWhereItsRegistryIs() {
    Endpoint hub = Endpoint.origin("docker.io", insecure);

    assertThat(hub.base("https")).isEqualTo(URI.create("https://registry-1.docker.io"));
    assertThat(hub.scheme()).contains("https");
    assertThat(hub.registry()).isEqualTo("docker.io");
  }

  @ParameterizedTest
  @CsvSource({
    "mirror.test, https, mirror.test, false",
    "https://mirror.test/, https, mirror.test, false",
    "http://mirror.test:80, http, mirror.test:80, true",
    "any.test, , any.test, true",
  })
  void readsMirrors(String place, String scheme, String address, boolean plain) {
    Endpoint mirror = Endpoint.mirror(place, insecure);

    assertThat(mirror.scheme()).isEqualTo(Optional.ofNullable(scheme));
    assertThat(mirror.address()).isEqualTo(address);
    assertThat(mirror.insecure()).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ftp://a.test", "https://", "https://a.test/path", "u:p@a.test"})
  void refusesMirrorsThatAreNoHosts(String place) {
    assertThatThrownBy(() -> Endpoint.mirror(place, insecure))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expected host[:port]");
  }

  @Test
  void readsRetryAfterInBothForms() {
    Instant now = Instant.parse("2024-01-31T12:00:00Z");

    assertThat(Failures.retryAfter(Optional.of("120"), now)).contains(Duration.ofMinutes(2));
    assertThat(Failures.retryAfter(Optional.of("Wed, 31 Jan 2024 12:00:30 GMT"), now))
        .contains(Duration.ofSeconds(30));
    assertThat(Failures.retryAfter(Optional.of("Wed, 31 Jan 2024 11:00:00 GMT"), now))
        .contains(Duration.ZERO);
    assertThat(Failures.retryAfter(Optional.of("soon"), now)).isEmpty();
    assertThat(Failures.retryAfter(Optional.empty(), now)).isEmpty();
  }

  @Test
  void pausesGrowToALimit() {
    Retries retries = new Retries(60, Duration.ofMillis(100), Duration.ofSeconds(1));

    assertThat(retries.pause(1)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(retries.pause(3)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
    assertThat(retries.pause(50)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThatThrownBy(() -> new Retries(0, Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyTheSameSchemeHostAndPortIsTheSameOrigin() {
    URI base = URI.create("https://a.test/v2/");

    assertThat(EndpointCaller.isSameOrigin(base, URI.create("https://A.test:443/x"))).isTrue();
    assertThat(EndpointCaller.isSameOrigin(base, URI.create("https://a.test:444/x"))).isFalse();
    assertThat(EndpointCaller.isSameOrigin(base, URI.create("http://a.test/x"))).isFalse();
    assertThat(EndpointCaller.isSameOrigin(base, URI.create("https://b.a.test/x"))).isFalse();
  }
}
