package io.berth.server.resource;

import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.StorageUsage.OfVolume;
import io.berth.api.Volume;
import io.berth.api.VolumeRequest;
import io.berth.api.Volumes;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.wire.VolumeBody;
import io.berth.server.wire.VolumeDetails;
import io.berth.server.wire.VolumeDetails.Usage;
import io.berth.server.wire.VolumeList;
import io.berth.server.wire.VolumePruneReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Volumes. */
final class VolumeResource {
  private static final Set<String> FILTERS = Set.of("dangling", "driver", "label", "name");

  private final Volumes volumes;

  VolumeResource(Volumes volumes) {
    this.volumes = volumes;
  }

  void routes(Router router) {
    router
        .get("/volumes", this::list)
        .get("/volumes/{name*}", call -> call.json(view(get(call), null)))
        .post("/volumes/create", this::create)
        .post("/volumes/prune", this::prune)
        .put("/volumes/{name*}", call -> SwarmResource.refuse())
        .delete("/volumes/{name*}", this::remove);
  }

  private Volume get(Call call) {
    String name = call.parameter("name");
    return volumes
        .find(name)
        .orElseThrow(() -> HttpError.notFound("get " + name + ": no such volume"));
  }

  private void list(Call call) throws Exception {
    Filters filters = Filters.of(call, FILTERS);
    filters.flag("dangling", false);
    List<VolumeDetails> found =
        volumes.list().stream()
            .filter(v -> filters.pattern("name", v.name()))
            .filter(v -> filters.exact("driver", v.driver()))
            .filter(v -> filters.labels(v.labels()))
            .filter(
                v ->
                    !filters.has("dangling")
                        || filters.flag("dangling", false) == volumes.users(v.name()).isEmpty())
            .map(v -> view(v, null))
            .toList();
    call.json(new VolumeList(found, null));
  }

  static VolumeDetails view(Volume volume, Usage usage) {
    return new VolumeDetails(
        volume.created().toString(),
        volume.driver(),
        orNull(volume.labels()),
        volume.mountpoint(),
        volume.name(),
        orNull(volume.options()),
        "local",
        usage);
  }

  private static Map<String, String> orNull(Map<String, String> map) {
    return map.isEmpty() ? null : new TreeMap<>(map);
  }

  /** All of them, with what they take. */
  List<VolumeDetails> usage(Sizes sizes) {
    return volumes.list().stream().map(v -> view(v, usage(sizes.volumes().get(v.name())))).toList();
  }

  private static Usage usage(OfVolume volume) {
    return volume == null ? new Usage(-1, -1) : new Usage(volume.users(), volume.size());
  }

  private void create(Call call) throws Exception {
    VolumeBody body = call.body(VolumeBody.class);
    if (body.clusterVolumeSpec() != null && !body.clusterVolumeSpec().isNull()) {
      SwarmResource.refuse();
    }
    VolumeRequest request = volumes.create(Lists.of(body.name()));
    Optional.ofNullable(body.driver()).filter(d -> !d.isEmpty()).ifPresent(request::driver);
    Lists.of(body.driverOpts()).forEach(request::option);
    Lists.of(body.labels()).forEach(request::label);
    if (Lists.of(body.name()).isEmpty()) {
      request.label(Volume.ANONYMOUS, "");
    }
    call.json(201, view(request.execute(), null));
  }

  private void remove(Call call) throws Exception {
    boolean force = call.query().flag("force");
    String name = call.parameter("name");
    if (!force) {
      get(call);
    }
    List<String> users = volumes.find(name).isPresent() ? volumes.users(name) : List.of();
    if (!users.isEmpty()) {
      throw HttpError.conflict("remove " + name + ": volume is in use - " + users);
    }
    volumes.remove(name, force);
    call.noContent();
  }

  private void prune(Call call) throws Exception {
    Filters filters = Filters.of(call, Set.of("all", "label", "label!"));
    boolean all = call.version().below(42) || filters.flag("all", false);
    Pruned pruned =
        volumes.prune(
            all, new PruneFilter(Optional.empty(), filters.get("label"), filters.get("label!")));
    call.json(new VolumePruneReport(pruned.names(), pruned.bytes()));
  }
}
