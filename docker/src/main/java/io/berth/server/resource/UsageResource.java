package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Engine;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.wire.BuildCacheEntry;
import io.berth.server.wire.ContainerSummary;
import io.berth.server.wire.DiskUsage;
import io.berth.server.wire.DiskUsage.Kind;
import io.berth.server.wire.ImageSummary;
import io.berth.server.wire.VolumeDetails;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the engine has on disk. */
final class UsageResource {
  private static final Set<String> TYPES = Set.of("container", "image", "volume", "build-cache");

  private final Engine engine;
  private final ImageResource images;
  private final VolumeResource volumes;
  private final ContainerView view;
  private final Clock clock;

  UsageResource(
      Engine engine,
      ImageResource images,
      VolumeResource volumes,
      ContainerView view,
      Clock clock) {
    this.engine = engine;
    this.images = images;
    this.volumes = volumes;
    this.view = view;
    this.clock = clock;
  }

  void routes(Router router) {
    router.get("/system/df", this::usage);
  }

  private void usage(Call call) throws Exception {
    List<String> types = call.version().atLeast(42) ? call.query().all("type") : List.<String>of();
    types.stream()
        .filter(t -> !TYPES.contains(t))
        .findFirst()
        .ifPresent(
            t -> {
              throw HttpError.badRequest("unknown object type: " + t);
            });
    Sizes sizes = Sizes.of(engine.storage().usage());
    List<ContainerSummary> ours = wants(types, "container") ? containers(sizes) : null;
    List<ImageSummary> pictures =
        wants(types, "image")
            ? images.summaries(call, Filters.of(call, Set.of()), Optional.of(sizes))
            : null;
    List<VolumeDetails> stores = wants(types, "volume") ? volumes.usage(sizes) : null;
    boolean verbose = call.query().flag("verbose");
    boolean legacy = call.version().below(52) || call.version().minor() == 52 && !verbose;
    boolean modern = call.version().atLeast(52);
    Long layers = pictures == null ? null : (Long) sizes.usage().layers();
    List<BuildCacheEntry> cache = wants(types, "build-cache") ? cache(sizes) : null;
    call.json(
        new DiskUsage(
            legacy ? layers : null,
            legacy ? pictures : null,
            legacy ? ours : null,
            legacy ? stores : null,
            legacy ? cache : null,
            call.version().below(42) ? 0L : null,
            modern && pictures != null ? images(pictures, sizes, verbose) : null,
            modern && ours != null ? containers(ours, sizes, verbose) : null,
            modern && stores != null ? volumes(stores, verbose) : null,
            modern && cache != null ? cache(cache, sizes, verbose) : null));
  }

  private static boolean wants(List<String> types, String type) {
    return types.isEmpty() || types.contains(type);
  }

  private List<ContainerSummary> containers(Sizes sizes) {
    List<ContainerSummary> all = new ArrayList<>();
    for (Container container : engine.containers().list()) {
      ContainerState state = container.state();
      all.add(view.summary(container, state, clock.instant(), Optional.of(sizes)));
    }
    return all;
  }

  private static List<BuildCacheEntry> cache(Sizes sizes) {
    return sizes.usage().buildCache().stream()
        .map(
            b ->
                new BuildCacheEntry(
                    b.id(),
                    b.kind().equals("mount") ? "exec.cachemount" : "regular",
                    b.kind(),
                    false,
                    b.shared(),
                    b.size(),
                    b.lastUsed().toString(),
                    b.lastUsed().toString(),
                    1))
        .toList();
  }

  private static Kind images(List<ImageSummary> all, Sizes sizes, boolean verbose) {
    long active = all.stream().filter(i -> i.containers() > 0).count();
    return new Kind(
        active,
        all.size(),
        sizes.usage().reclaimableImages(),
        sizes.usage().layers(),
        verbose ? all : null);
  }

  private static Kind containers(List<ContainerSummary> all, Sizes sizes, boolean verbose) {
    long active = all.stream().filter(c -> c.status().startsWith("Up")).count();
    long size = sizes.usage().containers().stream().mapToLong(c -> c.written()).sum();
    long idle =
        sizes.usage().containers().stream()
            .filter(c -> !c.active())
            .mapToLong(c -> c.written())
            .sum();
    return new Kind(active, all.size(), idle, size, verbose ? all : null);
  }

  private static Kind cache(List<BuildCacheEntry> all, Sizes sizes, boolean verbose) {
    long size = all.stream().mapToLong(BuildCacheEntry::size).sum();
    return new Kind(
        0, all.size(), sizes.usage().reclaimableBuildCache(), size, verbose ? all : null);
  }

  private static Kind volumes(List<VolumeDetails> all, boolean verbose) {
    long active = all.stream().filter(v -> v.usageData().refCount() > 0).count();
    long size = all.stream().mapToLong(v -> Math.max(0, v.usageData().size())).sum();
    long idle =
        all.stream()
            .filter(v -> v.usageData().refCount() == 0)
            .mapToLong(v -> Math.max(0, v.usageData().size()))
            .sum();
    return new Kind(active, all.size(), idle, size, verbose ? all : null);
  }
}
