package io.berth.server.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.InvalidInputException;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Credentials;
import io.berth.server.api.Call;
import io.berth.server.http.HttpError;
import io.berth.server.wire.AuthBody;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The credentials that a client sends along, for the registry of one request. */
final class RegistryAuth {
  private static final byte[] NOTHING = {'{', '}'};

  private RegistryAuth() {}

  /** Those of the header {@code X-Registry-Auth}, if it has any. */
  static Optional<Credentials> of(Call call) {
    Optional<String> header = call.exchange().header("X-Registry-Auth").filter(h -> !h.isEmpty());
    if (header.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] json = decoded(header.get());
      // docker-java says null when it has none, and dockerd takes it.
      boolean none = new String(json, StandardCharsets.UTF_8).strip().equals("null");
      return none ? Optional.empty() : credentials(WireJson.read(json, AuthBody.class));
    } catch (IllegalArgumentException | InvalidInputException e) {
      throw new HttpError(400, "invalid X-Registry-Auth header: " + e.getMessage(), e);
    }
  }

  /**
   * Those of the header {@code X-Registry-Config}, which has them for each registry. What cannot be
   * read of it is passed over, as dockerd does: most builds need none.
   */
  static CredentialSource ofBuild(Call call) {
    Map<String, Credentials> all = new TreeMap<>();
    try {
      String header = call.exchange().header("X-Registry-Config").orElse("");
      byte[] json = header.isEmpty() ? NOTHING : decoded(header);
      for (Map.Entry<String, JsonNode> field : WireJson.read(json, JsonNode.class).properties()) {
        if (field.getValue().isObject()) {
          credentials(WireJson.read(WireJson.bytes(field.getValue()), AuthBody.class))
              .ifPresent(c -> all.put(registry(field.getKey()), c));
        }
      }
    } catch (IllegalArgumentException | InvalidInputException e) {
      return CredentialSource.none();
    }
    return registry -> Optional.ofNullable(all.get(registry));
  }

  /** The host in what Docker's configuration has as key, such as {@code https://host/v1/}. */
  private static String registry(String key) {
    String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return host.equals("index.docker.io") ? Reference.DOCKER_HUB : host;
  }

  /** As dockerd, which takes both alphabets: not every client uses the one for URLs. */
  private static byte[] decoded(String header) {
    String text = header.replace('+', '-').replace('/', '_').replace("=", "");
    return Base64.getUrlDecoder().decode(text);
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
