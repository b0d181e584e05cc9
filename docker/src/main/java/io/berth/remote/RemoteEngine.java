package io.berth.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.Engine;
import io.berth.api.Events;
import io.berth.api.Images;
import io.berth.api.Networks;
import io.berth.api.Storage;
import io.berth.api.Volumes;
import io.berth.registry.RegistryOptions;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.Failures;
import io.berth.remote.container.ContainersClient;
import io.berth.remote.image.ImagesClient;
import io.berth.remote.resource.EventsClient;
import io.berth.remote.resource.NetworksClient;
import io.berth.remote.resource.StorageClient;
import io.berth.remote.resource.VolumesClient;
import io.berth.remote.transport.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An engine on the other end of a connection: any that answers the Docker Engine API from 1.24 on,
 * such as {@code berth serve}, an {@code ApiServer} or dockerd. It has the same services as an
 * embedded engine, so that a program may be given either.
 *
 * <pre>{@code
 * try (Engine remote = RemoteEngine.connect("unix:///run/berth.sock")) {
 *   Container web = remote.containers().create("nginx", PullPolicy.MISSING).publish(80).start();
 * }
 * }</pre>
 *
 * <p>What differs, since it is another process and maybe another host:
 *
 * <ul>
 *   <li>Paths of binds, devices and the data directory are the engine's host's. Files that a
 *       program copies, builds from, loads or saves are its own, and go over the connection.
 *   <li>Containers that are not detached are removed by {@code close()} and killed when this engine
 *       is closed, but go on when this JVM is killed.
 *   <li>The classic builder builds; {@code RUN --mount} and other syntax of BuildKit works where
 *       the engine's classic builder knows it, as Berth's does.
 *   <li>What the API has no words for throws {@link io.berth.error.UnsupportedException}: bundles,
 *       signals to processes of {@code exec}, secrets and named contexts of builds, OCI layouts.
 *   <li>What the engine checks, it checks when a request is executed, rather than while it is put
 *       together.
 * </ul>
 *
 * <p>Errors are those of an embedded engine: {@link io.berth.error.NotFoundException}, {@link
 * io.berth.error.ConflictException}, {@link io.berth.error.InvalidInputException}; others of the
 * engine are a {@link io.berth.remote.call.RemoteException}, those of the connection an {@link
 * io.berth.error.UnreachableException}.
 */
public final class RemoteEngine implements Engine {
  private final Api api;
  private final ImagesClient images;
  private final ContainersClient containers;
  private final Networks networks;
  private final Volumes volumes;
  private final Events events;
  private final Storage storage;

  RemoteEngine(Api api, RegistryOptions registries) {
    this.api = api;
    this.images = new ImagesClient(api, registries);
    this.containers = new ContainersClient(api, images);
    this.networks = new NetworksClient(api);
    this.volumes = new VolumesClient(api);
    this.events = new EventsClient(api);
    this.storage = new StorageClient(api);
  }

  public static RemoteEngineBuilder builder() {
    return new RemoteEngineBuilder();
  }

  /** The engine that docker would talk to; see {@link RemoteEngineBuilder#connect}. */
  public static RemoteEngine connect() {
    return builder().connect();
  }

  /** The engine at an address; see {@link RemoteEngineBuilder#host}. */
  public static RemoteEngine connect(String host) {
    return builder().host(host).connect();
  }

  @Override
  public Images images() {
    return images;
  }

  @Override
  public Containers containers() {
    return containers;
  }

  /**
   * The containers that match, running or not, the newest first.
   *
   * @param filters values by the names of {@code docker ps --filter}
   * @throws io.berth.error.InvalidInputException when there is no such filter
   */
  public List<Container> containers(Map<String, List<String>> filters) {
    return containers.list(filters);
  }

  @Override
  public Events events() {
    return events;
  }

  @Override
  public Volumes volumes() {
    return volumes;
  }

  @Override
  public Networks networks() {
    return networks;
  }

  @Override
  public Storage storage() {
    return storage;
  }

  /** Where the engine keeps everything, on its own host. */
  @Override
  public Path dataDirectory() {
    return Path.of(info().path("DockerRootDir").asText("/"));
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    info().path("Warnings").forEach(w -> warnings.add(w.asText()));
    return warnings;
  }

  /** Where it is, such as {@code unix:///run/berth.sock}. */
  public String host() {
    return api.address().toString();
  }

  /** The version of the Engine API that is spoken, such as {@code 1.51}. */
  public String apiVersion() {
    return api.version();
  }

  /**
   * Asks whether the engine is there.
   *
   * @throws io.berth.error.UnreachableException when it is not
   */
  public void ping() {
    try (Answer answer = api.ping()) {
      byte[] body = answer.body().readAllBytes();
      if (answer.status() != 200) {
        throw Failures.of(answer.status(), new String(body).strip());
      }
    } catch (IOException e) {
      throw api.broken(e);
    }
    api.version();
  }

  /** All that the engine tells of itself and its host: the document of {@code docker info}. */
  public JsonNode info() {
    return api.get("/info").tree();
  }

  /** The versions of the engine and its parts: the document of {@code docker version}. */
  public JsonNode version() {
    return api.get("/version").tree();
  }

  /**
   * A container, image, network or volume as {@code docker inspect} prints it, if there is one.
   *
   * @param kind {@code container}, {@code image}, {@code network} or {@code volume}
   */
  public Optional<JsonNode> inspect(String kind, String name) {
    String end = kind.equals("container") || kind.equals("image") ? "/json" : "";
    return name.isEmpty()
        ? Optional.empty()
        : api.get("/" + kind + "s/" + Call.part(name) + end).find(JsonNode.class);
  }

  @Override
  public void close() {
    containers.close();
    images.close();
    api.close();
  }

  @Override
  public String toString() {
    return "engine at " + host();
  }
}
