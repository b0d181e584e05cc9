package io.berth.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.oci.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The credentials that {@code docker login} has saved: in {@code config.json} itself or with a
 * helper that it names. The file is read each time, so a login is seen at once.
 *
 * <pre>{@code
 * CredentialSource credentials = DockerConfig.ofUser();
 * }</pre>
 */
public final class DockerConfig implements CredentialSource {
  private static final Logger LOG = LoggerFactory.getLogger(DockerConfig.class);
  // Docker's own key for its Hub, from the time of the first registry API.
  private static final String HUB_KEY = "https://index.docker.io/v1/";
  private static final List<String> HUB_HOSTS =
      List.of("index.docker.io", "docker.io", "registry-1.docker.io");

  private final Path file;

  /**
   * @param file such as {@code ~/.docker/config.json}; it need not exist
   */
  public DockerConfig(Path file) {
    this.file = file;
  }

  /** That of the user: in {@code $DOCKER_CONFIG}, else in {@code ~/.docker}. */
  public static DockerConfig ofUser() {
    String directory = System.getenv("DOCKER_CONFIG");
    return new DockerConfig(
        directory == null || directory.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".docker", "config.json")
            : Path.of(directory, "config.json"));
  }

  @Override
  public Optional<Credentials> find(String registry) {
    Optional<JsonReader> config = read();
    if (config.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> helper = helper(config.get(), registry);
    if (helper.isPresent()) {
      Optional<Credentials> found = ask(helper.get(), registry);
      if (found.isPresent()) {
        return found;
      }
    }
    return byHost(config.get().map("auths", entry -> entry), registry)
        .flatMap(DockerConfig::credentials);
  }

  /**
   * Keeps credentials for a registry, with the helper that the file names for it, or else in the
   * file, which nobody but the user can read. All else in the file stays.
   *
   * @throws BerthException when the helper does not work
   * @throws StorageException when the file cannot be written
   */
  public void store(String registry, Credentials credentials) {
    change(
        registry,
        (helper, server) -> helper.store(server, credentials),
        (auths, server) -> {
          ObjectNode entry = auths.putObject(server);
          if (credentials.kind() == Credentials.Kind.IDENTITY_TOKEN) {
            entry.put("identitytoken", credentials.secret());
          } else {
            String pair = credentials.username() + ":" + credentials.secret();
            entry.put(
                "auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
          }
        });
  }

  /** Forgets the credentials for a registry; none is fine. */
  public void remove(String registry) {
    change(registry, CredentialHelper::erase, ObjectNode::remove);
  }

  private void change(
      String registry,
      BiConsumer<CredentialHelper, String> byHelper,
      BiConsumer<ObjectNode, String> inFile) {
    String server = isHub(registry) ? HUB_KEY : registry;
    Optional<JsonReader> config = read();
    Optional<String> helper = config.flatMap(c -> helper(c, registry));
    ObjectNode root =
        config
            .map(c -> (ObjectNode) c.node().deepCopy())
            .orElseGet(JsonNodeFactory.instance::objectNode);
    ObjectNode auths =
        root.get("auths") instanceof ObjectNode there ? there : root.putObject("auths");
    if (helper.isPresent()) {
      byHelper.accept(new CredentialHelper(helper.get()), server);
      auths.putObject(server);
    } else {
      inFile.accept(auths, server);
    }
    write(root);
  }

  private static Optional<String> helper(JsonReader config, String registry) {
    return byHost(config.stringMap("credHelpers"), registry)
        .or(() -> config.optionalString("credsStore").filter(s -> !s.isEmpty()));
  }

  private void write(ObjectNode root) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      Files.createDirectories(directory);
      Path temporary =
          Files.createTempFile(
              directory,
              ".config",
              ".json",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try {
        Files.writeString(temporary, Json.toPrettyString(root));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    }
  }

  private Optional<JsonReader> read() {
    try {
      return Optional.of(Json.parse(file.toString(), Files.readAllBytes(file)).object());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /** A helper that does not work must not keep people from public images. */
  private static Optional<Credentials> ask(String helper, String registry) {
    String server = isHub(registry) ? HUB_KEY : registry;
    try {
      return new CredentialHelper(helper).get(server);
    } catch (BerthException e) {
      LOG.warn("Going on without credentials for {}: {}", registry, e.getMessage());
      return Optional.empty();
    }
  }

  private static <T> Optional<T> byHost(Map<String, T> entries, String registry) {
    if (entries.containsKey(registry)) {
      return Optional.of(entries.get(registry));
    }
    return entries.entrySet().stream()
        .filter(entry -> same(host(entry.getKey()), registry))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static boolean same(String host, String registry) {
    return host.equals(registry) || isHub(registry) && HUB_HOSTS.contains(host);
  }

  private static boolean isHub(String registry) {
    return registry.equals(Reference.DOCKER_HUB);
  }

  /** Older versions wrote addresses such as {@code https://host/v1/}. */
  private static String host(String key) {
    String rest = key.replaceFirst("^https?://", "");
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }

  private static Optional<Credentials> credentials(JsonReader entry) {
    Optional<String> identity = text(entry, "identitytoken");
    if (identity.isPresent()) {
      return identity.map(Credentials::identityToken);
    }
    Optional<String> bearer = text(entry, "registrytoken");
    if (bearer.isPresent()) {
      return bearer.map(Credentials::bearerToken);
    }
    Optional<String> auth = text(entry, "auth");
    if (auth.isPresent()) {
      return auth.map(pair -> decode(entry, pair));
    }
    return text(entry, "username")
        .map(user -> Credentials.password(user, text(entry, "password").orElse("")));
  }

  private static Optional<String> text(JsonReader entry, String field) {
    return entry.optionalString(field).filter(s -> !s.isEmpty());
  }

  private static Credentials decode(JsonReader entry, String base64) {
    String where = entry.at("auth").path();
    String pair;
    try {
      pair = new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message could show a part of the secret.
      throw new InvalidInputException(where + ": expected base64; log in again");
    }
    int colon = pair.indexOf(':');
    if (colon < 0) {
      throw new InvalidInputException(where + ": expected user:password; log in again");
    }
    return Credentials.password(
        pair.substring(0, colon), pair.substring(colon + 1).replaceAll("\0+$", ""));
  }
}
