package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;

/** Gets short-lived tokens from where a registry says (distribution's token specification). */
final class TokenServer {
  private static final String CLIENT = "berth";
  private static final int MAX_BYTES = 256 << 10;
  // The specification's default, and a margin for slow calls.
  private static final long DEFAULT_SECONDS = 60;
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final Transport transport;
  private final RetryLoop retries;
  private final Clock clock;

  TokenServer(Transport transport, RetryLoop retries, Clock clock) {
    this.transport = transport;
    this.retries = retries;
    this.clock = clock;
  }

  record Token(String value, Instant until) {}

  /**
   * Gets a token.
   *
   * @param secure whether credentials may go over encrypted connections only
   */
  Token fetch(
      Challenge challenge, Set<String> scopes, Optional<Credentials> credentials, boolean secure) {
    String realm =
        challenge
            .parameter("realm")
            .orElseThrow(
                () -> new RegistryException("The registry names no token server (realm)", 401));
    URI uri;
    try {
      uri = URI.create(realm);
    } catch (IllegalArgumentException e) {
      throw new RegistryException("Invalid address of a token server: " + realm, e);
    }
    boolean https = "https".equals(uri.getScheme());
    if (uri.getHost() == null || !https && !"http".equals(uri.getScheme())) {
      throw new RegistryException("Invalid address of a token server: " + realm, 401);
    }
    if (secure && !https && credentials.isPresent()) {
      throw new RegistryException(
          "The registry wants credentials sent to " + realm + " without encryption: refused", 401);
    }
    String what = "get a token from " + uri.getHost();
    return retries.run(what, () -> attempt(uri, challenge, scopes, credentials, what));
  }

  private Token attempt(
      URI realm,
      Challenge challenge,
      Set<String> scopes,
      Optional<Credentials> credentials,
      String what)
      throws IOException, RetryLoop.Again {
    boolean refresh =
        credentials.map(c -> c.kind() == Credentials.Kind.IDENTITY_TOKEN).orElse(false);
    try (Response response =
        refresh
            ? post(realm, challenge, scopes, credentials.get())
            : get(realm, challenge, scopes, credentials)) {
      if (response.status() != 200) {
        throw Failures.of(response, what, identity(credentials));
      }
      return read(response.bytes(MAX_BYTES));
    }
  }

  private static String identity(Optional<Credentials> credentials) {
    return credentials.map(c -> "with the " + c).orElse("without credentials");
  }

  private Response get(
      URI realm, Challenge challenge, Set<String> scopes, Optional<Credentials> credentials)
      throws IOException {
    List<String> query = new ArrayList<>();
    challenge.parameter("service").ifPresent(service -> query.add(pair("service", service)));
    scopes.forEach(scope -> query.add(pair("scope", scope)));
    Optional<Credentials> password = credentials.filter(c -> c.kind() == Credentials.Kind.PASSWORD);
    password.ifPresent(
        c -> {
          query.add(pair("account", c.username()));
          query.add(pair("client_id", CLIENT));
        });
    String separator = realm.getRawQuery() == null ? "?" : "&";
    URI uri = query.isEmpty() ? realm : URI.create(realm + separator + String.join("&", query));
    Map<String, String> headers =
        password.map(c -> Map.of("Authorization", c.basic())).orElse(Map.of());
    return transport.send("GET", uri, headers, Optional.empty());
  }

  private Response post(URI realm, Challenge challenge, Set<String> scopes, Credentials token)
      throws IOException {
    List<String> form = new ArrayList<>();
    form.add(pair("grant_type", "refresh_token"));
    form.add(pair("refresh_token", token.secret()));
    form.add(pair("client_id", CLIENT));
    challenge.parameter("service").ifPresent(service -> form.add(pair("service", service)));
    form.add(pair("scope", String.join(" ", scopes)));
    HttpEntity body =
        new StringEntity(String.join("&", form), ContentType.APPLICATION_FORM_URLENCODED);
    return transport.send("POST", realm, Map.of(), Optional.of(body));
  }

  private static String pair(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Token read(byte[] bytes) {
    JsonReader json = Json.parse("token", bytes, MAX_BYTES);
    String value =
        json.optionalString("token")
            .filter(token -> !token.isEmpty())
            .or(() -> json.optionalString("access_token"))
            .orElseThrow(() -> new InvalidInputException("token: expected one, found none"));
    if (!value.matches("[\\x21-\\x7e]+")) {
      // It goes into a header.
      throw new InvalidInputException("token: expected visible ASCII characters");
    }
    long seconds = json.optionalInteger("expires_in").filter(s -> s > 0).orElse(DEFAULT_SECONDS);
    Duration valid = Duration.ofSeconds(Math.min(seconds, 86_400));
    // Our clock, not the server's: they may differ.
    return new Token(value, clock.instant().plus(valid).minus(MARGIN));
  }
}
