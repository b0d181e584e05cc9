package io.berth.registry;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;

/**
 * What a registry knows a user by. The text form shows no secret.
 *
 * @param username the user's name; empty with a token
 * @param secret the password or token
 * @param kind what the secret is
 */
public record Credentials(String username, String secret, Kind kind) {

  /** What a secret is. */
  public enum Kind {
    /** A password, or what registries take in its place. */
    PASSWORD,
    /** Given to the token server for short-lived tokens; Docker's {@code identitytoken}. */
    IDENTITY_TOKEN,
    /** Given to the registry as it is; Docker's {@code registrytoken}. */
    BEARER_TOKEN
  }

  public Credentials {
    Objects.requireNonNull(secret, "secret");
    Objects.requireNonNull(kind, "kind");
    if (kind == Kind.PASSWORD && username.indexOf(':') >= 0) {
      throw new InvalidInputException("Invalid user name: it may not contain ':'");
    }
  }

  public static Credentials password(String username, String password) {
    return new Credentials(username, password, Kind.PASSWORD);
  }

  public static Credentials identityToken(String token) {
    return new Credentials("", token, Kind.IDENTITY_TOKEN);
  }

  public static Credentials bearerToken(String token) {
    return new Credentials("", token, Kind.BEARER_TOKEN);
  }

  /** The value of an Authorization header, for passwords. */
  String basic() {
    byte[] pair = (username + ":" + secret).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  @Override
  public String toString() {
    String what = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return what + (username.isEmpty() ? "" : " of " + username);
  }
}
