package io.berth.server.resource;

import io.berth.error.InvalidInputException;
import io.berth.registry.Credentials;
import io.berth.server.api.Call;
import io.berth.server.http.HttpError;
import io.berth.server.wire.AuthBody;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The credentials that a client sends along, for the registry of one request. */
final class RegistryAuth {
  private RegistryAuth() {}

  /** Those of the header {@code X-Registry-Auth}, if it has any. */
  static Optional<Credentials> of(Call call) {
    Optional<String> header = call.exchange().header("X-Registry-Auth").filter(h -> !h.isEmpty());
    if (header.isEmpty()) {
      return Optional.empty();
    }
    try {
      // As dockerd, which takes both alphabets: not every client uses the one for URLs.
      String text = header.get().replace('+', '-').replace('/', '_').replace("=", "");
      byte[] json = Base64.getUrlDecoder().decode(text);
      // docker-java says null when it has none, and dockerd takes it.
      boolean none = new String(json, StandardCharsets.UTF_8).strip().equals("null");
      return none ? Optional.empty() : credentials(WireJson.read(json, AuthBody.class));
    } catch (IllegalArgumentException | InvalidInputException e) {
      throw new HttpError(400, "invalid X-Registry-Auth header: " + e.getMessage(), e);
    }
  }

  static Optional<Credentials> credentials(AuthBody body) {
    if (set(body.identityToken())) {
      return Optional.of(Credentials.identityToken(body.identityToken()));
    }
    if (set(body.registryToken())) {
      return Optional.of(Credentials.bearerToken(body.registryToken()));
    }
    if (set(body.username())) {
      return Optional.of(Credentials.password(body.username(), Lists.of(body.password())));
    }
    if (set(body.auth())) {
      String pair = new String(Base64.getDecoder().decode(body.auth()), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(Credentials.password(pair.substring(0, colon), pair.substring(colon + 1)));
    }
    return Optional.empty();
  }

  private static boolean set(String text) {
    return text != null && !text.isEmpty();
  }
}
