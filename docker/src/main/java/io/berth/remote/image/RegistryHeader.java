package io.berth.remote.image;

import io.berth.error.InvalidInputException;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Credentials;
import io.berth.server.wire.AuthBody;
import io.berth.server.wire.WireJson;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lends an engine this user's credentials for a registry, for one call. */
final class RegistryHeader {
  static final String NAME = "X-Registry-Auth";

  private static final Pattern FROM = Pattern.compile("(?im)^\\s*FROM\\s+(?:--\\S+\\s+)*(\\S+)");

  private RegistryHeader() {}

  /**
   * @param given those for this call, in place of the user's
   */
  static Optional<String> of(Reference image, Optional<Credentials> given, CredentialSource users) {
    return given.or(() -> users.find(image.domain())).map(c -> encode(image.domain(), c));
  }

  /** The credentials for the registries that a Dockerfile's base images are on; none for none. */
  static Optional<String> ofBases(String dockerfile, CredentialSource users) {
    Map<String, AuthBody> all = new LinkedHashMap<>();
    Matcher from = FROM.matcher(dockerfile);
    while (from.find()) {
      try {
        String domain = Reference.parse(from.group(1)).domain();
        users.find(domain).ifPresent(c -> all.put(key(domain), body(domain, c)));
      } catch (InvalidInputException e) {
        // The name of a stage, or one with variables in it.
      }
    }
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(Base64.getUrlEncoder().encodeToString(WireJson.bytes(all)));
  }

  private static String encode(String domain, Credentials credentials) {
    return Base64.getUrlEncoder().encodeToString(WireJson.bytes(body(domain, credentials)));
  }

  /** The key of Docker Hub is from the time of the first registry API. */
  private static String key(String domain) {
    return domain.equals(Reference.DOCKER_HUB) ? "https://index.docker.io/v1/" : domain;
  }

  private static AuthBody body(String domain, Credentials credentials) {
    String registry = key(domain);
    String secret = credentials.secret();
    return switch (credentials.kind()) {
      case IDENTITY_TOKEN -> new AuthBody(null, null, null, null, registry, secret, null);
      case BEARER_TOKEN -> new AuthBody(null, null, null, null, registry, null, secret);
      case PASSWORD ->
          new AuthBody(credentials.username(), secret, null, null, registry, null, null);
    };
  }
}
