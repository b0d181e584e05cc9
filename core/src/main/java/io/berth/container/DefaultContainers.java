package io.berth.container;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.image.WorkLease;
import io.berth.layers.Snapshotter;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Containers on this host. Their state is read from their directories each time, so engines of
 * other JVMs are seen; the line to the monitor is kept for those started here.
 */
public final class DefaultContainers implements Containers, AutoCloseable {
  private final ContainerFiles files;
  private final Images images;
  private final Snapshotter snapshotter;
  private final Starter starter;
  private final Supplier<WorkLease> leases;
  private final Clock clock;
  private final Ids ids = new Ids();
  private final Map<String, DefaultContainer> live = new ConcurrentHashMap<>();

  /**
   * Opens the service and repairs what a crash left: containers whose monitor was killed, and
   * directories that were being made or removed.
   */
  public DefaultContainers(
      Path dataDirectory,
      Images images,
      Supplier<WorkLease> leases,
      Snapshotter snapshotter,
      Starter starter,
      Clock clock) {
    this.files = new ContainerFiles(dataDirectory);
    this.images = images;
    this.leases = leases;
    this.snapshotter = snapshotter;
    this.starter = starter;
    this.clock = clock;
    new Repair(files, snapshotter, starter, clock).run();
  }

  @Override
  public CreateRequest create(String image) {
    return new DefaultCreateRequest(this, image, images.get(image));
  }

  @Override
  public CreateRequest create(Image image) {
    String name = image.tags().isEmpty() ? image.id().toString() : image.tags().get(0).familiar();
    return new DefaultCreateRequest(this, name, image);
  }

  @Override
  public List<Container> list() {
    return files.ids().stream()
        .map(this::load)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(DefaultContainer::created).reversed())
        .map(c -> (Container) c)
        .toList();
  }

  @Override
  public Optional<Container> find(String name) {
    Optional<DefaultContainer> exact = files.byName(name).flatMap(this::load);
    if (exact.isPresent()) {
      return exact.map(c -> c);
    }
    if (!name.matches("[0-9a-f]+")) {
      return Optional.empty();
    }
    List<String> ids = files.ids().stream().filter(id -> id.startsWith(name)).toList();
    if (ids.size() > 1) {
      throw new InvalidInputException(
          "The id prefix \"" + name + "\" is of " + ids.size() + " containers; give more digits");
    }
    return ids.stream().findFirst().flatMap(this::load).map(c -> c);
  }

  @Override
  public Container get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such container: " + name + " (list() or \"berth ps -a\" shows them)"));
  }

  @SuppressWarnings("try") // the lease is held, not used
  Container create(ContainerConfig config, Image image, Streams streams) {
    List<Digest> diffIds = image.config().diffIds();
    Optional<String> parent =
        diffIds.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(diffIds).toString());
    files.begin(config);
    // While the lease is held nobody removes the image's layers.
    try (WorkLease lease = leases.get()) {
      snapshotter.prepare(config.snapshotKey(), parent);
      files.publish(config);
    } catch (RuntimeException e) {
      files.abandon(config);
      snapshotter.remove(config.snapshotKey());
      throw e;
    }
    DefaultContainer container =
        new DefaultContainer(config, files, snapshotter, starter, this, streams);
    live.put(config.id(), container);
    return container;
  }

  private Optional<DefaultContainer> load(String id) {
    DefaultContainer known = live.get(id);
    if (known != null) {
      return files.config(id).map(c -> known);
    }
    return files
        .config(id)
        .map(c -> new DefaultContainer(c, files, snapshotter, starter, this, Streams.NONE));
  }

  void forget(String id) {
    live.remove(id);
  }

  void remember(DefaultContainer container) {
    live.put(container.id(), container);
  }

  String newId() {
    return ids.next();
  }

  Instant now() {
    return clock.instant();
  }

  /** Kills the containers that were started here and are not detached. */
  @Override
  public void close() {
    live.values().forEach(DefaultContainer::release);
  }
}
