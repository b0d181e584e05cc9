package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.Engine;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ContainerSummary;
import io.berth.server.wire.DiskUsage;
import io.berth.server.wire.DiskUsage.Kind;
import io.berth.server.wire.ImageSummary;
import io.berth.server.wire.VolumeDetails;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.HashMap;
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
    List<String> types =
        call.version().atLeast(42) ? call.query().all("type") : List.<String>of();
    types.stream()
        .filter(t -> !TYPES.contains(t))
        .findFirst()
        .ifPresent(
            t -> {
              throw HttpError.badRequest("unknown object type: " + t);
            });
    List<ContainerSummary> ours = wants(types, "container") ? containers() : null;
    List<ImageSummary> pictures =
        wants(types, "image") ? images.summaries(call, Filters.of(call, Set.of())) : null;
    List<VolumeDetails> stores = wants(types, "volume") ? volumes.usage() : null;
    boolean verbose = call.query().flag("verbose");
    boolean legacy = call.version().below(52) || call.version().minor() == 52 && !verbose;
    boolean modern = call.version().atLeast(52);
    Long layers = pictures == null ? null : (Long) layersSize();
    List<Object> cache = wants(types, "build-cache") ? List.of() : null;
    call.json(
        new DiskUsage(
            legacy ? layers : null,
            legacy ? pictures : null,
            legacy ? ours : null,
            legacy ? stores : null,
            legacy ? cache : null,
            call.version().below(42) ? 0L : null,
            modern && pictures != null ? images(pictures, layers, verbose) : null,
            modern && ours != null ? containers(ours, verbose) : null,
            modern && stores != null ? volumes(stores, verbose) : null,
            modern && cache != null ? new Kind(0, 0, 0, 0, null) : null));
  }

  private static boolean wants(List<String> types, String type) {
    return types.isEmpty() || types.contains(type);
  }

  private List<ContainerSummary> containers() {
    List<ContainerSummary> all = new ArrayList<>();
    for (Container container : engine.containers().list()) {
      ContainerState state = container.state();
      all.add(view.summary(container, state, clock.instant()));
    }
    return all;
  }

  /** Each layer once, whatever images have it. */
  private long layersSize() {
    Map<String, Long> layers = new HashMap<>();
    engine
        .images()
        .list()
        .forEach(
            image -> {
              for (int i = 0; i < image.layerSizes().size(); i++) {
                layers.put(image.config().diffIds().get(i).toString(), image.layerSizes().get(i));
              }
            });
    return layers.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Kind images(List<ImageSummary> all, long size, boolean verbose) {
    long active = all.stream().filter(i -> i.containers() > 0).count();
    long idle = all.stream().filter(i -> i.containers() <= 0).mapToLong(ImageSummary::size).sum();
    return new Kind(active, all.size(), Math.min(idle, size), size, verbose ? all : null);
  }

  private static Kind containers(List<ContainerSummary> all, boolean verbose) {
    long active = all.stream().filter(c -> c.status().startsWith("Up")).count();
    return new Kind(active, all.size(), 0, 0, verbose ? all : null);
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
