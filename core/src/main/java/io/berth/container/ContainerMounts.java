package io.berth.container;

import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.MountPoint;
import io.berth.api.MountSpec;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.Type;
import io.berth.api.Volume;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.layers.RootMount;
import io.berth.layers.Snapshotter;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import io.berth.volume.DefaultVolumes;
import io.berth.volume.MountGrammar.VolumesFrom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What containers have mounted: which volumes, where they are on this host, and until when. */
public final class ContainerMounts {
  /** In a container's directory: drivers have made volumes available for it. */
  private static final String MARKER = "volumes-mounted";

  private final DefaultVolumes volumes;
  private final Images images;
  private final Snapshotter snapshotter;

  public ContainerMounts(DefaultVolumes volumes, Images images, Snapshotter snapshotter) {
    this.volumes = volumes;
    this.images = images;
    this.snapshotter = snapshotter;
  }

  /**
   * The mounts of a new container, in Docker's order of precedence.
   *
   * @param declared VOLUME of its image
   * @param others finds the mounts of other containers
   */
  List<MountPoint> resolve(
      MountDraft draft, Collection<String> declared, Function<String, List<MountPoint>> others) {
    Map<String, MountPoint> points = new LinkedHashMap<>();
    try {
      resolve(draft, declared, others, points);
      return List.copyOf(points.values());
    } catch (RuntimeException e) {
      abandon(List.copyOf(points.values()));
      throw e;
    }
  }

  private void resolve(
      MountDraft draft,
      Collection<String> declared,
      Function<String, List<MountPoint>> others,
      Map<String, MountPoint> points) {
    for (VolumesFrom from : draft.volumesFrom()) {
      for (MountPoint point : others.apply(from.container())) {
        points.put(clean(point.target()), from.readOnly().map(point::withReadOnly).orElse(point));
      }
    }
    Set<String> own = new HashSet<>();
    draft.tmpfs().forEach(target -> own.add(clean(target)));
    for (MountSpec mount : draft.mounts()) {
      String target = clean(mount.target());
      if (!own.add(target)) {
        throw new InvalidInputException("Duplicate mount point: " + target);
      }
      points.put(target, point(mount, target, draft.driver()));
    }
    for (String path : declared) {
      String target = clean(path);
      if (!own.contains(target) && !points.containsKey(target)) {
        MountSpec mount = MountSpec.volume("", target);
        points.put(target, point(mount, target, draft.driver()));
      }
    }
  }

  private static String clean(String path) {
    return Path.of("/", path).normalize().toString();
  }

  private MountPoint point(MountSpec mount, String target, Optional<String> driver) {
    return switch (mount.type()) {
      case BIND ->
          new MountPoint(
              Type.BIND,
              "",
              clean(mount.source()),
              target,
              "",
              mount.readOnly(),
              mount.bind(),
              "",
              false,
              false,
              mount.createSource());
      case IMAGE -> {
        Image image = images.get(mount.source());
        yield new MountPoint(
            Type.IMAGE,
            image.id().toString(),
            "",
            target,
            "",
            true,
            BindOptions.DEFAULT,
            mount.imageSubpath(),
            false,
            false,
            false);
      }
      case VOLUME -> volume(mount, target, driver);
      case TMPFS -> throw new IllegalArgumentException("a tmpfs is no mount point");
    };
  }

  private MountPoint volume(MountSpec mount, String target, Optional<String> driver) {
    boolean anonymous = mount.source().isEmpty();
    String name = anonymous ? volumes.newName() : mount.source();
    Map<String, String> labels = new LinkedHashMap<>(mount.volume().labels());
    if (anonymous) {
      labels.put(Volume.ANONYMOUS, "");
    }
    // Made now, so that what is wrong with it is told before anything else is; a remover that
    // comes between this and the container's configuration finds that it is made once more.
    Volume volume =
        volumes.ensure(
            name, mount.volume().driver().or(() -> driver), mount.volume().driverOptions(), labels);
    return new MountPoint(
        Type.VOLUME,
        name,
        volume.mountpoint(),
        target,
        volume.driver(),
        mount.readOnly(),
        mount.bind(),
        mount.volume().subpath(),
        !mount.volume().noCopy(),
        anonymous,
        false);
  }

  /** Forgets the volumes that a container was to have that could not be made. */
  void abandon(List<MountPoint> points) {
    volumes.removeUnused(anonymous(points));
  }

  /** Removes the volumes that were made for a container alone. */
  void removeAnonymous(ContainerConfig config) {
    volumes.removeUnused(anonymous(config.spec().sandbox().mounts()));
  }

  private static List<String> anonymous(List<MountPoint> points) {
    return points.stream().filter(MountPoint::anonymous).map(MountPoint::name).toList();
  }

  /**
   * Fills the empty volumes of a new container with what its image has at their targets.
   *
   * @param open opens its root file system
   */
  void fill(ContainerConfig config, RootOpener open) {
    List<MountPoint> wanted =
        config.spec().sandbox().mounts().stream().filter(p -> p.type() == Type.VOLUME).toList();
    for (MountPoint point : wanted) {
      volumes.ensure(point.name(), Optional.of(point.driver()), Map.of(), labels(point));
    }
    List<MountPoint> copies =
        wanted.stream().filter(p -> p.copy() && p.subpath().isEmpty()).toList();
    if (copies.isEmpty()) {
      return;
    }
    try (RootDir root = open.open()) {
      for (MountPoint point : copies) {
        if (VolumeFill.isWanted(root, point.target())) {
          fill(config, root, point);
        }
      }
    }
  }

  private static Map<String, String> labels(MountPoint point) {
    return point.anonymous() ? Map.of(Volume.ANONYMOUS, "") : Map.of();
  }

  private void fill(ContainerConfig config, RootDir root, MountPoint point) {
    Path data = volumes.mount(point.driver(), point.name(), config.id());
    try {
      VolumeFill.fill(root, point.target(), data);
    } finally {
      if (!volumes.isPlain(point.driver(), point.name())) {
        volumes.unmount(point.driver(), point.name(), config.id());
      }
    }
  }

  /** Opens a root file system; whoever asked closes it. */
  @FunctionalInterface
  interface RootOpener {
    RootDir open();
  }

  /**
   * Finds or makes what a container has mounted, for a start.
   *
   * @param directory the container's, where it is noted what {@link #release} has to undo
   */
  List<PlacedMount> place(ContainerConfig config, Path directory) {
    List<PlacedMount> placed = new ArrayList<>();
    try {
      for (MountPoint point : config.spec().sandbox().mounts()) {
        placed.add(place(point, config.id(), directory));
      }
      return placed;
    } catch (RuntimeException e) {
      release(config, directory);
      throw e;
    }
  }

  private PlacedMount place(MountPoint point, String container, Path directory) {
    return switch (point.type()) {
      case BIND -> new PlacedMount(point, bindSource(point), Optional.empty());
      case IMAGE -> new PlacedMount(point, Path.of("/"), Optional.of(tree(point.name())));
      case VOLUME -> {
        if (!volumes.isPlain(point.driver(), point.name())) {
          note(directory);
        }
        Path data = volumes.mount(point.driver(), point.name(), container);
        if (!Files.isDirectory(data)) {
          throw new StorageException(
              "Cannot mount volume "
                  + point.name()
                  + ": "
                  + data
                  + " is gone; make the volume again, or restore it");
        }
        yield new PlacedMount(point, data, Optional.empty());
      }
      case TMPFS -> throw new IllegalArgumentException("a tmpfs is no mount point");
    };
  }

  private static Path bindSource(MountPoint point) {
    Path source = Path.of(point.source());
    if (point.createSource() && !Files.exists(source)) {
      try {
        Files.createDirectories(source);
      } catch (IOException e) {
        throw new StorageException("Cannot make the bind source " + source + ": " + e, e);
      }
    }
    return source;
  }

  private RootMount tree(String imageId) {
    Image image = images.get(imageId);
    Digest top =
        image
            .config()
            .chainId()
            .orElseThrow(
                () -> new InvalidInputException("Cannot mount image " + imageId + ": it is empty"));
    return snapshotter.mount(top.toString());
  }

  private static void note(Path directory) {
    try {
      if (!Files.exists(directory.resolve(MARKER))) {
        Files.createFile(directory.resolve(MARKER));
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write in " + directory + ": " + e, e);
    }
  }

  /** Whether drivers have made volumes available for a container. */
  boolean hasMounted(Path directory) {
    return Files.exists(directory.resolve(MARKER));
  }

  /** Lets go of what {@link #place} has mounted; nothing when that is nothing. */
  void release(ContainerConfig config, Path directory) {
    if (!hasMounted(directory)) {
      return;
    }
    for (MountPoint point : config.spec().sandbox().mounts()) {
      if (point.type() == Type.VOLUME && !volumes.isPlain(point.driver(), point.name())) {
        volumes.unmount(point.driver(), point.name(), config.id());
      }
    }
    try {
      Files.deleteIfExists(directory.resolve(MARKER));
    } catch (IOException e) {
      throw new StorageException("Cannot delete in " + directory + ": " + e, e);
    }
  }
}
