package io.berth.remote.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.NetworkAttachment;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.PullPolicy;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.Filters;
import io.berth.server.wire.ConnectBody;
import io.berth.server.wire.ContainerPruneReport;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.CreateResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The containers of a remote engine. */
public final class ContainersClient implements Containers, AutoCloseable {
  private static final int MANY_NETWORKS = 44;

  private final Api api;
  private final Images images;
  // Those that were made here: their streams, and how long they stay, are this program's matter.
  private final Map<String, RemoteContainer> made = new ConcurrentHashMap<>();

  public ContainersClient(Api api, Images images) {
    this.api = api;
    this.images = images;
  }

  Images images() {
    return images;
  }

  @Override
  public CreateRequest create(String image) {
    images.get(image);
    return new RemoteCreateRequest(this, image);
  }

  @Override
  public CreateRequest create(String image, PullPolicy policy) {
    boolean pull =
        policy == PullPolicy.ALWAYS || policy == PullPolicy.MISSING && images.find(image).isEmpty();
    if (pull) {
      images.pull(image).execute();
    }
    return create(image);
  }

  @Override
  public CreateRequest create(Image image) {
    String name = image.tags().isEmpty() ? image.id().toString() : image.tags().get(0).familiar();
    return new RemoteCreateRequest(this, name);
  }

  Container create(
      String name,
      Function<List<NetworkAttachment>, CreateBody> body,
      List<NetworkAttachment> wishes,
      RemoteContainer.Making making) {
    // Engines of old take one network now, and the others later.
    int first = api.atLeast(MANY_NETWORKS) ? wishes.size() : Math.min(1, wishes.size());
    Call call = api.post("/containers/create").body(body.apply(wishes.subList(0, first)));
    if (!name.isEmpty()) {
      call.query("name", name);
    }
    CreateResponse response = call.read(CreateResponse.class);
    List<String> warnings =
        response.warnings() == null ? List.of() : List.copyOf(response.warnings());
    RemoteContainer container = new RemoteContainer(api, this, response.id(), making, warnings);
    try {
      wishes.subList(first, wishes.size()).forEach(wish -> connect(container, wish));
    } catch (BerthException e) {
      container.remove(true, true);
      throw e;
    }
    made.put(response.id(), container);
    return container;
  }

  private void connect(Container container, NetworkAttachment wish) {
    api.post("/networks/" + Call.part(wish.network()) + "/connect")
        .body(new ConnectBody(container.id(), NetworkPart.settings(wish), false))
        .done();
  }

  @Override
  public List<Container> list() {
    return list(Map.of());
  }

  /**
   * Those that match, running or not, the newest first.
   *
   * @param filters values by the names of {@code docker ps --filter}
   */
  public List<Container> list(Map<String, List<String>> filters) {
    List<Container> all = new ArrayList<>();
    for (JsonNode each : api.get("/containers/json").query("all", 1).filters(filters).tree()) {
      all.add(of(each.path("Id").asText()));
    }
    return all;
  }

  private Container of(String id) {
    RemoteContainer known = made.get(id);
    return known != null
        ? known
        : new RemoteContainer(api, this, id, RemoteContainer.Making.ELSEWHERE, List.of());
  }

  @Override
  public Optional<Container> find(String name) {
    return name.isEmpty()
        ? Optional.empty()
        : api.get("/containers/" + Call.part(name) + "/json")
            .find(JsonNode.class)
            .map(found -> of(found.path("Id").asText()));
  }

  @Override
  public Container get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such container: " + name + " (list() or \"berth ps -a\" shows them)"));
  }

  boolean isGone(String id) {
    return find(id).isEmpty();
  }

  void forget(String id) {
    made.remove(id);
  }

  /** An engine that is a process of its own does this when it begins. */
  @Override
  public List<Container> resume() {
    return List.of();
  }

  @Override
  public Pruned prune(PruneFilter filter) {
    ContainerPruneReport report =
        api.post("/containers/prune").filters(Filters.of(filter)).read(ContainerPruneReport.class);
    List<String> gone = report.containersDeleted() == null ? List.of() : report.containersDeleted();
    gone.forEach(this::forget);
    return new Pruned(gone, report.spaceReclaimed());
  }

  /** Kills the containers that were made here and are not detached. */
  @Override
  public void close() {
    made.values().forEach(RemoteContainer::release);
  }
}
