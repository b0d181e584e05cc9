package io.berth.container;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.CreateRequest;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.MountPoint;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkingSpec;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.PullPolicy;
import io.berth.api.SandboxSpec;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.event.EventLog;
import io.berth.image.WorkLease;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.network.ContainerLookup;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import io.berth.runtime.launch.LaunchSpec.Namespace;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Containers on this host. Their state is read from their directories each time, so engines of
 * other JVMs are seen; the line to the monitor is kept for those started here.
 */
public final class DefaultContainers implements Containers, ContainerLookup, AutoCloseable {
  private final ContainerFiles files;
  private final Images images;
  private final Snapshotter snapshotter;
  private final Starter starter;
  private final Contents contents;
  private final ContainerMounts mounts;
  private final Supplier<WorkLease> leases;
  private final EventLog events;
  private final Clock clock;
  private final Ids ids = new Ids();
  private final Execs execs;
  private final StatsReader stats;
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
      Contents contents,
      ContainerMounts mounts,
      EventLog events,
      Clock clock) {
    this.files = new ContainerFiles(dataDirectory);
    this.images = images;
    this.leases = leases;
    this.snapshotter = snapshotter;
    this.starter = starter;
    this.contents = contents;
    this.mounts = mounts;
    this.events = events;
    this.clock = clock;
    this.execs = new Execs(files, starter, ids);
    this.stats = new StatsReader(clock, Path.of("/proc"));
    new Repair(files, snapshotter, starter, mounts, clock).run();
  }

  @Override
  public CreateRequest create(String image) {
    return new DefaultCreateRequest(this, image, images.get(image));
  }

  @Override
  public CreateRequest create(String image, PullPolicy policy) {
    Image found =
        switch (policy) {
          case NEVER -> images.get(image);
          case MISSING -> images.find(image).orElseGet(() -> images.pull(image).execute());
          case ALWAYS -> images.pull(image).execute();
        };
    return new DefaultCreateRequest(this, image, found);
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
  public Optional<Container> find(String reference) {
    // Docker's clients have names with a slash in front, as inspect shows them.
    String name = reference.startsWith("/") ? reference.substring(1) : reference;
    // One that was killed while it was renamed may be behind both names.
    Optional<DefaultContainer> exact =
        files.byName(name).flatMap(this::load).filter(c -> c.name().equals(name));
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
  Container create(ContainerConfig config, Image image, Optional<Streams> creator) {
    List<Digest> diffIds = image.config().diffIds();
    Optional<String> parent =
        diffIds.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(diffIds).toString());
    try {
      files.begin(config);
    } catch (RuntimeException e) {
      mounts.abandon(config.spec().sandbox().mounts());
      throw e;
    }
    // While the lease is held nobody removes the image's layers.
    try (WorkLease lease = leases.get()) {
      RootMount root = snapshotter.prepare(config.snapshotKey(), parent);
      mounts.fill(config, () -> SnapshotViews.open(root));
      files.publish(config);
    } catch (RuntimeException e) {
      files.abandon(config);
      snapshotter.remove(config.snapshotKey());
      mounts.abandon(config.spec().sandbox().mounts());
      throw e;
    }
    DefaultContainer container =
        new DefaultContainer(config, files, snapshotter, starter, this, creator);
    live.put(config.id(), container);
    event(config, "create");
    return container;
  }

  /** One that was to be removed at its end, of which no engine heard, is removed now. */
  private Optional<DefaultContainer> load(String id) {
    Optional<DefaultContainer> found = files.config(id).map(this::known);
    if (found.isEmpty() || !found.get().isToBeRemoved()) {
      return found;
    }
    try {
      found.get().dispose(true);
      return Optional.empty();
    } catch (ConflictException e) {
      return found;
    }
  }

  private DefaultContainer known(ContainerConfig config) {
    DefaultContainer known = live.get(config.id());
    return known != null
        ? known.refresh(config)
        : new DefaultContainer(config, files, snapshotter, starter, this, Optional.empty());
  }

  /** The namespaces of other containers that one is to share. */
  Map<Namespace, Path> joined(SandboxSpec sandbox) {
    Map<Namespace, Path> joined = new EnumMap<>(Namespace.class);
    join(joined, Namespace.NETWORK, "net", sandbox.network().container());
    join(joined, Namespace.PID, "pid", sandbox.pid().container());
    join(joined, Namespace.IPC, "ipc", sandbox.ipc().container());
    join(joined, Namespace.UTS, "uts", sandbox.uts().container());
    return joined;
  }

  /** The directory of the container whose network one shares. */
  Optional<Path> sharedNetwork(SandboxSpec sandbox) {
    return sandbox.network().container().map(name -> files.directory(get(name).id()));
  }

  /** Says when a container is to be in networks that are not there. */
  void checkNetworks(NetworkingSpec networking) {
    starter.connector().check(networking.attachments());
  }

  @Override
  public void connect(String container, NetworkAttachment attachment) {
    ((DefaultContainer) get(container)).connect(attachment);
  }

  @Override
  public void disconnect(String container, String network) {
    ((DefaultContainer) get(container)).disconnect(network);
  }

  private void join(
      Map<Namespace, Path> into, Namespace namespace, String file, Optional<String> container) {
    container.ifPresent(
        name -> {
          long pid =
              get(name)
                  .pid()
                  .orElseThrow(
                      () ->
                          new ConflictException(
                              "Cannot join the "
                                  + file
                                  + " namespace of container "
                                  + name
                                  + ": it is not running. Start it first"));
          into.put(namespace, Path.of("/proc/" + pid + "/ns/" + file));
        });
  }

  @Override
  public Pruned prune(PruneFilter filter) {
    List<String> removed = new ArrayList<>();
    long bytes = 0;
    for (Container container : list()) {
      if (container.state().status().isActive()
          || !filter.allows(container.state().created(), container.labels())) {
        continue;
      }
      long written = snapshotter.usage(ContainerConfig.SNAPSHOT_PREFIX + container.id());
      try {
        container.remove(false);
        removed.add(container.id());
        bytes += written;
      } catch (ConflictException | NotFoundException e) {
        // It was started, or removed by another engine, in this moment.
      }
    }
    return new Pruned(removed, bytes);
  }

  /** How much a container has written, in bytes. */
  public long written(String id) {
    return snapshotter.usage(ContainerConfig.SNAPSHOT_PREFIX + id);
  }

  /** How the files of a container become its root. */
  public RootMount rootMount(String id) {
    return snapshotter.mount(ContainerConfig.SNAPSHOT_PREFIX + id);
  }

  ContainerMounts mounts() {
    return mounts;
  }

  /** The mounts of a new container. */
  List<MountPoint> resolve(MountDraft draft, Collection<String> declared) {
    return mounts.resolve(draft, declared, name -> get(name).spec().sandbox().mounts());
  }

  @Override
  public List<Container> resume() {
    List<Container> resumed = new ArrayList<>();
    for (Container container : list()) {
      if (((DefaultContainer) container).isToBeResumed()) {
        try {
          container.start();
          resumed.add(container);
        } catch (BerthException e) {
          // Its state has the error; the others are started all the same.
        }
      }
    }
    return resumed;
  }

  Contents contents() {
    return contents;
  }

  Execs execs() {
    return execs;
  }

  StatsReader stats() {
    return stats;
  }

  /** Writes to the journal what happened to a container. */
  void event(ContainerConfig config, String action) {
    event(config, action, Map.of());
  }

  void event(ContainerConfig config, String action, Map<String, String> more) {
    events.append("container", action, config.id(), Actors.attributes(config, more));
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

  Clock clock() {
    return clock;
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
