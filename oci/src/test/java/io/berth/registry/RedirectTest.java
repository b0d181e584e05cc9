package io.berth.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a registry may send us. */
class RedirectTest {
  private static final URI FROM = URI.create("https://registry.example.com/v2/a/blobs/x");
  private static final Call CALL = new Call("GET", "/v2/a/blobs/x", "pull x", "scope", 200);

  private static URI next(boolean insecure, String location) {
    Endpoint endpoint =
        new Endpoint(
            "registry.example.com", "registry.example.com", Optional.of("https"), insecure, false);
    return EndpointCaller.next(endpoint, FROM, location, CALL, 307);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://registry.example.com/x",
        "http://cdn.example.com/x",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "jar:https://example.com/x!/y",
        "mailto:a@example.com",
        "https:///x",
        "https://a b/"
      })
  void anEncryptedConnectionIsNotGivenUp(String location) {
    assertThatThrownBy(() -> next(false, location)).isInstanceOf(RegistryException.class);
  }

  @Test
  void otherPlacesMayHaveTheContent() {
    assertThat(next(false, "https://cdn.example.com/x?signed")).hasHost("cdn.example.com");
    assertThat(next(false, "/elsewhere")).hasHost("registry.example.com").hasPath("/elsewhere");
    assertThat(next(true, "http://cdn.example.com/x")).hasScheme("http");
  }
}
