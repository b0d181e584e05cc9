package io.berth.registry.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** Who may use the registry (RFC 7617). With no users it is open to everybody. */
final class BasicAuth {
  private static final String CHALLENGE = "Basic realm=\"Berth registry\", charset=\"UTF-8\"";

  private final Map<String, String> passwords;

  BasicAuth(Map<String, String> passwords) {
    this.passwords = Map.copyOf(passwords);
  }

  /**
   * @throws RegistryError when the request's user is not one of ours
   */
  void check(Request request) {
    if (!passwords.isEmpty() && !request.header("Authorization").map(this::isKnown).orElse(false)) {
      throw RegistryError.unauthorized(CHALLENGE);
    }
  }

  private boolean isKnown(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return false;
    }
    String pair;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      pair = new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return false;
    }
    int colon = pair.indexOf(':');
    if (colon < 0) {
      return false;
    }
    Optional<String> password = Optional.ofNullable(passwords.get(pair.substring(0, colon)));
    // In constant time, also for an unknown user.
    boolean same =
        MessageDigest.isEqual(bytes(pair.substring(colon + 1)), bytes(password.orElse("\0")));
    return same && password.isPresent();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
