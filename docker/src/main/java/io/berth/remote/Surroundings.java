package io.berth.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.oci.Digester;
import io.berth.remote.transport.Address;
import io.berth.remote.transport.Tls;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the docker command would look for its engine: {@code DOCKER_HOST} with {@code
 * DOCKER_TLS_VERIFY} and {@code DOCKER_CERT_PATH}, {@code DOCKER_CONTEXT}, the current context of
 * {@code config.json}, and the usual socket, in this order.
 */
final class Surroundings {
  private static final String DEFAULT_CONTEXT = "default";

  private final Map<String, String> environment;
  private final Path configuration;

  /**
   * @param home of the user
   */
  Surroundings(Map<String, String> environment, Path home) {
    this.environment = environment;
    this.configuration =
        value("DOCKER_CONFIG").map(Path::of).orElseGet(() -> home.resolve(".docker"));
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isEmpty());
  }

  /** The engine that docker would talk to. */
  Address engine() {
    Optional<String> host = value("DOCKER_HOST");
    if (host.isPresent()) {
      return address(host.get());
    }
    String context = value("DOCKER_CONTEXT").or(this::currentContext).orElse(DEFAULT_CONTEXT);
    return context(context);
  }

  /** The engine at an address, with the certificates that the environment names. */
  Address address(String host) {
    return address(host, tls(host));
  }

  Address address(String host, Optional<Tls> tls) {
    String ssh = value("BERTH_SSH").orElse("ssh");
    return Address.parse(host, tls, List.of(ssh.strip().split("\\s+")));
  }

  /** As docker: only a value that is set, whatever it is, asks for TLS with a check. */
  private Optional<Tls> tls(String host) {
    boolean tcp = host.startsWith("tcp:") || host.startsWith("http");
    boolean check = value("DOCKER_TLS_VERIFY").isPresent();
    boolean wanted = check || value("DOCKER_TLS").isPresent() || host.startsWith("https:");
    if (!tcp || !wanted) {
      return Optional.empty();
    }
    Path directory = value("DOCKER_CERT_PATH").map(Path::of).orElse(configuration);
    return Optional.of(Tls.of(directory, check || host.startsWith("https:")));
  }

  private Optional<String> currentContext() {
    Path file = configuration.resolve("config.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(read(file).path("currentContext").asText("")).filter(c -> !c.isEmpty());
  }

  /**
   * The engine of a context, as {@code docker context} keeps them.
   *
   * @throws NotFoundException when there is no such context
   */
  Address context(String name) {
    if (name.equals(DEFAULT_CONTEXT)) {
      return address(value("DOCKER_HOST").orElse(Address.DEFAULT));
    }
    String directory =
        Digester.sha256().update(name.getBytes(StandardCharsets.UTF_8)).digest().hex();
    Path contexts = configuration.resolve("contexts");
    Path file = contexts.resolve("meta").resolve(directory).resolve("meta.json");
    if (!Files.exists(file)) {
      throw new NotFoundException(
          "No such context: "
              + name
              + " (looked in "
              + contexts
              + "; \"docker context ls\" shows them)");
    }
    JsonNode endpoint = read(file).path("Endpoints").path("docker");
    String host = endpoint.path("Host").asText("");
    if (host.isEmpty()) {
      throw new InvalidInputException("The context " + name + " names no engine: " + file);
    }
    boolean check = !endpoint.path("SkipTLSVerify").asBoolean(false);
    Path keys = contexts.resolve("tls").resolve(directory).resolve("docker");
    boolean tls = Files.isDirectory(keys);
    return address(host, tls ? Optional.of(Tls.of(keys, check)) : Optional.empty());
  }

  private static JsonNode read(Path file) {
    try {
      return WireJson.read(Files.readAllBytes(file), JsonNode.class);
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }
}
