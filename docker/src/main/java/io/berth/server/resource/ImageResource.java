package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Storage;
import io.berth.oci.Reference;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.http.HttpError;
import io.berth.server.wire.DeletedImage;
import io.berth.server.wire.ImagePruneReport;
import io.berth.server.wire.ImageSummary;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Listing, inspecting, naming and removing images. */
final class ImageResource {
  private static final Set<String> FILTERS =
      Set.of("before", "dangling", "label", "label!", "reference", "since", "until");

  private final Images images;
  private final Containers containers;
  private final Storage storage;
  private final Supplier<Sizes> sizes;
  private final Clock clock;

  /**
   * @param sizes measures, which takes a while
   */
  ImageResource(Engine engine, Supplier<Sizes> sizes, Clock clock) {
    this.sizes = sizes;
    this.images = engine.images();
    this.containers = engine.containers();
    this.storage = engine.storage();
    this.clock = clock;
  }

  void routes(Router router) {
    router
        .get("/images/json", this::list)
        .get("/images/{name*}/json", c -> c.json(ImageView.details(get(c), storage, c.version())))
        .get("/images/{name*}/history", call -> call.json(ImageView.history(get(call))))
        .post("/images/{name*}/tag", this::tag)
        .post("/images/prune", this::prune)
        .delete("/images/{name*}", this::remove);
  }

  private Image get(Call call) {
    String name = call.parameter("name");
    return images
        .find(name)
        .orElseThrow(() -> HttpError.notFound("No such image: " + ImageNames.full(name)));
  }

  // ---- List -------------------------------------------------------------------------------------

  private void list(Call call) throws Exception {
    Filters filters = Filters.of(call, FILTERS);
    boolean shared = call.query().flag("shared-size") && call.version().atLeast(42);
    call.json(summaries(call, filters, shared ? Optional.of(sizes.get()) : Optional.empty()));
  }

  List<ImageSummary> summaries(Call call, Filters filters, Optional<Sizes> sizes) {
    Map<String, Long> users = users();
    Instant before = created(filters, "before", Instant.MAX);
    Instant since = created(filters, "since", Instant.MIN);
    Optional<Instant> until =
        filters.get("until").stream().findFirst().map(t -> Times.parse(t, clock.instant()));
    List<ImageSummary> found = new ArrayList<>();
    for (Image image : images.list()) {
      boolean dangling = image.tags().isEmpty() && image.repoDigests().isEmpty();
      if (image.created().isBefore(before)
          && image.created().isAfter(since)
          && until.map(image.created()::isBefore).orElse(true)
          && (!filters.has("dangling") || filters.flag("dangling", false) == dangling)
          && filters.labels(image.config().config().labels())) {
        List<Reference> tags =
            image.tags().stream().filter(t -> isNamed(t, filters.get("reference"))).toList();
        if (!filters.has("reference") || !tags.isEmpty()) {
          long count = users.getOrDefault(image.id().toString(), 0L);
          long shared = sizes.map(s -> s.shared(image.id().toString())).orElse(-1L);
          found.add(ImageView.summary(named(image, tags), count, shared, call.version()));
        }
      }
    }
    return found;
  }

  private Map<String, Long> users() {
    return containers.list().stream()
        .map(Container::spec)
        .collect(Collectors.groupingBy(s -> s.imageId().toString(), Collectors.counting()));
  }

  /** As dockerd: a filter by name leaves only the names that it is about. */
  private static Image named(Image image, List<Reference> tags) {
    return new Image(
        image.id(), tags, image.repoDigests(), image.config(), image.created(), image.layerSizes());
  }

  private static boolean isNamed(Reference tag, List<String> patterns) {
    if (patterns.isEmpty()) {
      return true;
    }
    String name = tag.familiar();
    String bare = name.substring(0, name.lastIndexOf(':'));
    return patterns.stream().anyMatch(p -> Glob.matches(p, name) || Glob.matches(p, bare));
  }

  private Instant created(Filters filters, String name, Instant absent) {
    return filters.get(name).stream()
        .findFirst()
        .map(
            wanted ->
                images
                    .find(wanted)
                    .orElseThrow(
                        () -> HttpError.notFound("No such image: " + ImageNames.full(wanted)))
                    .created())
        .orElse(absent);
  }

  // ---- Names ------------------------------------------------------------------------------------

  private void tag(Call call) throws Exception {
    Image image = get(call);
    String repository = call.query().get("repo");
    if (repository.isEmpty()) {
      throw HttpError.badRequest("invalid reference format: no repository name");
    }
    images.tag(image.id().toString(), ImageNames.with(repository, call.query().get("tag")));
    call.exchange().send(201);
  }

  private void remove(Call call) throws Exception {
    get(call);
    List<String> lines = images.remove(call.parameter("name"), call.query().flag("force"));
    call.json(lines.stream().map(ImageResource::deleted).toList());
  }

  private static DeletedImage deleted(String line) {
    String what = line.substring(line.indexOf(' ') + 1);
    return line.startsWith("Untagged")
        ? new DeletedImage(what, null)
        : new DeletedImage(null, what);
  }

  private void prune(Call call) throws Exception {
    Filters filters = Filters.of(call, Set.of("dangling", "label", "label!", "until"));
    boolean dangling = filters.flag("dangling", true);
    Optional<Instant> until =
        filters.get("until").stream().findFirst().map(t -> Times.parse(t, clock.instant()));
    Pruned pruned =
        images.prune(
            !dangling, new PruneFilter(until, filters.get("label"), filters.get("label!")));
    List<DeletedImage> gone = pruned.names().stream().map(ImageResource::deleted).toList();
    call.json(new ImagePruneReport(Lists.orNull(gone), pruned.bytes()));
  }
}
