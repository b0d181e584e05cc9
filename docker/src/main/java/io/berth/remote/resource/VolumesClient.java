package io.berth.remote.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Volume;
import io.berth.api.VolumeRequest;
import io.berth.api.Volumes;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.Filters;
import io.berth.server.wire.VolumeDetails;
import io.berth.server.wire.VolumeList;
import io.berth.server.wire.VolumePruneReport;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The volumes of a remote engine. */
public final class VolumesClient implements Volumes {
  private static final int ANONYMOUS_ONLY = 42;

  private final Api api;

  public VolumesClient(Api api) {
    this.api = api;
  }

  static Volume volume(VolumeDetails details) {
    return new Volume(
        details.name(),
        details.driver(),
        details.mountpoint() == null ? "" : details.mountpoint(),
        details.createdAt() == null || details.createdAt().isEmpty()
            ? Instant.EPOCH
            : OffsetDateTime.parse(details.createdAt()).toInstant(),
        details.labels() == null ? Map.of() : details.labels(),
        details.options() == null ? Map.of() : details.options());
  }

  @Override
  public VolumeRequest create(String name) {
    return new Request(name);
  }

  private final class Request implements VolumeRequest {
    private final String name;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private String driver = "local";

    private Request(String name) {
      this.name = name;
    }

    @Override
    public VolumeRequest driver(String name) {
      driver = name;
      return this;
    }

    @Override
    public VolumeRequest option(String name, String value) {
      options.put(name, value);
      return this;
    }

    @Override
    public VolumeRequest label(String name, String value) {
      labels.put(name, value);
      return this;
    }

    @Override
    public Volume execute() {
      if (!name.isEmpty()) {
        find(name)
            .filter(there -> !there.driver().equals(driver))
            .ifPresent(
                there -> {
                  throw new ConflictException(
                      "There is a volume "
                          + name
                          + " already, of the driver "
                          + there.driver()
                          + "; choose another name, or remove it");
                });
      }
      Map<String, Object> body =
          Map.of("Name", name, "Driver", driver, "DriverOpts", options, "Labels", labels);
      return volume(api.post("/volumes/create").body(body).read(VolumeDetails.class));
    }
  }

  @Override
  public List<Volume> list() {
    VolumeList all = api.get("/volumes").read(VolumeList.class);
    return all.volumes() == null
        ? List.of()
        : all.volumes().stream()
            .map(VolumesClient::volume)
            .sorted(Comparator.comparing(Volume::name))
            .toList();
  }

  @Override
  public Optional<Volume> find(String name) {
    return name.isEmpty()
        ? Optional.empty()
        : api.get("/volumes/" + Call.part(name))
            .find(VolumeDetails.class)
            .map(VolumesClient::volume);
  }

  @Override
  public Volume get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such volume: " + name + " (list() or \"berth volume ls\" shows them)"));
  }

  @Override
  public List<String> users(String name) {
    List<String> ids = new ArrayList<>();
    JsonNode all =
        api.get("/containers/json").query("all", 1).filters(Map.of("volume", List.of(name))).tree();
    all.forEach(c -> ids.add(c.path("Id").asText()));
    return ids;
  }

  @Override
  public Optional<Long> size(String name) {
    return StorageClient.usage(api, "volume").volumes().stream()
        .filter(v -> v.name().equals(name) && v.usageData() != null && v.usageData().size() >= 0)
        .findFirst()
        .map(v -> v.usageData().size());
  }

  @Override
  public void remove(String name, boolean force) {
    api.delete("/volumes/" + Call.part(name)).flag("force", force).done();
  }

  @Override
  public Pruned prune(boolean all, PruneFilter filter) {
    Map<String, List<String>> filters = new LinkedHashMap<>(Filters.of(filter));
    if (api.atLeast(ANONYMOUS_ONLY)) {
      filters.put("all", List.of(String.valueOf(all)));
    } else if (!all) {
      throw api.cannot(
          "remove only volumes without a name",
          "it is too old to tell them apart: prune all, or remove them one by one");
    }
    VolumePruneReport report =
        api.post("/volumes/prune").filters(filters).read(VolumePruneReport.class);
    return new Pruned(
        report.volumesDeleted() == null ? List.of() : report.volumesDeleted(),
        report.spaceReclaimed());
  }
}
