package io.berth.remote.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Container;
import io.berth.api.FileLayers;
import io.berth.api.Image;
import io.berth.api.Pruned;
import io.berth.api.Storage;
import io.berth.api.StorageUsage;
import io.berth.api.StorageUsage.OfBuild;
import io.berth.api.StorageUsage.OfContainer;
import io.berth.api.StorageUsage.OfImage;
import io.berth.api.StorageUsage.OfVolume;
import io.berth.oci.Digest;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.Filters;
import io.berth.server.wire.BuildCacheEntry;
import io.berth.server.wire.BuildPruneReport;
import io.berth.server.wire.ContainerDetails;
import io.berth.server.wire.ContainerSummary;
import io.berth.server.wire.DiskUsage;
import io.berth.server.wire.GraphDriver;
import io.berth.server.wire.ImageDetails;
import io.berth.server.wire.ImageSummary;
import io.berth.server.wire.VolumeDetails;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;

/** What a remote engine keeps on disk. */
public final class StorageClient implements Storage {
  private static final int BY_TYPE = 42;
  private static final Set<String> ACTIVE = Set.of("running", "paused", "restarting");

  private final Api api;

  public StorageClient(Api api) {
    this.api = api;
  }

  /**
   * @param type what alone is wanted, where the engine can tell things apart; empty for all
   */
  static DiskUsage usage(Api api, String type) {
    Call call = api.get("/system/df");
    if (!type.isEmpty() && api.atLeast(BY_TYPE)) {
      call.query("type", type);
    }
    return call.read(DiskUsage.class);
  }

  @Override
  public StorageUsage usage() {
    DiskUsage usage = usage(api, "");
    return new StorageUsage(
        usage.layersSize() == null ? 0 : usage.layersSize(),
        list(usage.images()).stream().map(StorageClient::image).toList(),
        list(usage.containers()).stream().map(StorageClient::container).toList(),
        list(usage.volumes()).stream().map(StorageClient::volume).toList(),
        list(usage.buildCache()).stream().map(StorageClient::build).toList());
  }

  private static <T> List<T> list(List<T> list) {
    return list == null ? List.of() : list;
  }

  private static OfImage image(ImageSummary image) {
    List<String> tags =
        list(image.repoTags()).stream().filter(t -> !t.startsWith("<none>")).toList();
    return new OfImage(
        Digest.parse(image.id()),
        tags,
        image.size(),
        Math.max(0, image.sharedSize()),
        (int) Math.max(0, image.containers()));
  }

  private static OfContainer container(ContainerSummary container) {
    return new OfContainer(
        container.id(),
        container.names().get(0).replaceFirst("^/", ""),
        ACTIVE.contains(container.state()),
        container.sizeRw() == null ? 0 : container.sizeRw());
  }

  private static OfVolume volume(VolumeDetails volume) {
    VolumeDetails.Usage usage = volume.usageData();
    return new OfVolume(
        volume.name(),
        usage == null ? 0 : Math.max(0, usage.size()),
        usage == null ? 0 : (int) Math.max(0, usage.refCount()));
  }

  private static OfBuild build(BuildCacheEntry entry) {
    boolean mount = "exec.cachemount".equals(entry.type());
    String used = entry.lastUsedAt() == null ? entry.createdAt() : entry.lastUsedAt();
    return new OfBuild(
        entry.id(),
        mount ? "mount" : "step",
        entry.size(),
        entry.shared(),
        used == null ? Instant.EPOCH : OffsetDateTime.parse(used).toInstant());
  }

  @Override
  public String driver() {
    return GraphDriver.engineName(api.get("/info").read(JsonNode.class).path("Driver").asText());
  }

  @Override
  public FileLayers files(Container container) {
    return api.get("/containers/" + container.id() + "/json")
        .read(ContainerDetails.class)
        .graphDriver()
        .layers();
  }

  @Override
  public FileLayers files(Image image) {
    return api.get("/images/" + image.id() + "/json")
        .read(ImageDetails.class)
        .graphDriver()
        .layers();
  }

  @Override
  public Pruned pruneBuildCache(BuildCachePrune request) {
    BuildPruneReport report =
        api.post("/build/prune")
            .query("all", 1)
            .query("keep-storage", request.keepBytes())
            .filters(Filters.of(request.filter()))
            .read(BuildPruneReport.class);
    return new Pruned(list(report.cachesDeleted()), report.spaceReclaimed());
  }
}
