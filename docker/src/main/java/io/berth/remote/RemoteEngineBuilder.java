package io.berth.remote;

import io.berth.registry.RegistryOptions;
import io.berth.remote.call.Api;
import io.berth.remote.transport.Address;
import io.berth.remote.transport.Tls;
import io.berth.remote.transport.Transport;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Says where a remote engine is; made by {@link RemoteEngine#builder}.
 *
 * <pre>{@code
 * Engine engine = RemoteEngine.builder()
 *     .host("tcp://build.example.com:2376")
 *     .certificates(Path.of("/etc/engine-client"))
 *     .connect();
 * }</pre>
 */
public final class RemoteEngineBuilder {
  private Map<String, String> environment = System.getenv();
  private Optional<String> host = Optional.empty();
  private Optional<String> context = Optional.empty();
  private Optional<Path> certificates = Optional.empty();
  private Optional<String> apiVersion = Optional.empty();
  private RegistryOptions registries = RegistryOptions.defaults();

  RemoteEngineBuilder() {}

  /**
   * The engine at an address: {@code unix:///PATH}, {@code tcp://HOST[:PORT]} or {@code
   * ssh://[USER@]HOST[:PORT]}. Over TCP, TLS is used when there are {@link #certificates}, or the
   * variables {@code DOCKER_TLS_VERIFY} and {@code DOCKER_CERT_PATH} say so, as for docker. Over
   * ssh, the host has to have docker; {@code BERTH_SSH} may name another command, such as {@code
   * ssh -i KEY}.
   */
  public RemoteEngineBuilder host(String address) {
    host = Optional.of(address);
    return this;
  }

  /** The engine of a context, as {@code docker context create} made it. */
  public RemoteEngineBuilder context(String name) {
    context = Optional.of(name);
    return this;
  }

  /**
   * A directory with {@code ca.pem}, the authority that the engine's certificate has to be of, and
   * {@code cert.pem} and {@code key.pem}, the certificate to show to it.
   */
  public RemoteEngineBuilder certificates(Path directory) {
    certificates = Optional.of(directory);
    return this;
  }

  /** The version of the Engine API to speak, such as {@code 1.41}; negotiated by default. */
  public RemoteEngineBuilder apiVersion(String version) {
    apiVersion = Optional.of(version);
    return this;
  }

  /** How registries are reached, and whose credentials the engine is lent for pulls and pushes. */
  public RemoteEngineBuilder registries(RegistryOptions options) {
    registries = options;
    return this;
  }

  /** Variables in place of this process's environment. */
  public RemoteEngineBuilder environment(Map<String, String> variables) {
    environment = Map.copyOf(variables);
    return this;
  }

  /**
   * Connects. Without host and context it is the engine that docker would talk to: that of {@code
   * DOCKER_HOST}, {@code DOCKER_CONTEXT}, docker's current context, or {@code
   * /var/run/docker.sock}.
   *
   * @throws io.berth.error.UnreachableException when no engine answers there
   * @throws io.berth.error.InvalidInputException when the address or the certificates are not valid
   * @throws io.berth.error.NotFoundException when there is no such context
   * @throws io.berth.error.UnsupportedException when no version of the API is common to both
   */
  public RemoteEngine connect() {
    Transport transport = new Transport(address(), "berth");
    Api api = new Api(transport, apiVersion);
    try {
      RemoteEngine engine = new RemoteEngine(api, registries);
      engine.ping();
      return engine;
    } catch (RuntimeException e) {
      api.close();
      throw e;
    }
  }

  private Address address() {
    Surroundings surroundings =
        new Surroundings(environment, Path.of(System.getProperty("user.home")));
    if (host.isPresent()) {
      return certificates.isPresent()
          ? surroundings.address(host.get(), Optional.of(Tls.of(certificates.get(), true)))
          : surroundings.address(host.get());
    }
    return context.map(surroundings::context).orElseGet(surroundings::engine);
  }
}
