package io.berth;

import io.berth.api.Containers;
import io.berth.api.Engine;
import io.berth.api.Events;
import io.berth.api.Images;
import io.berth.api.Networks;
import io.berth.api.PruneFilter;
import io.berth.api.Storage;
import io.berth.api.Volumes;
import io.berth.build.BuildCachePruner;
import io.berth.build.DefaultBuilder;
import io.berth.container.ContainerMounts;
import io.berth.container.ContainerUse;
import io.berth.container.Contents;
import io.berth.container.DefaultContainers;
import io.berth.container.RuntimeStepRunner;
import io.berth.container.Starter;
import io.berth.container.Users;
import io.berth.container.Views;
import io.berth.error.BerthException;
import io.berth.event.EventJournal;
import io.berth.image.BaseImages;
import io.berth.image.DefaultImages;
import io.berth.image.ImageCommits;
import io.berth.image.ImageImporter;
import io.berth.image.ImageStore;
import io.berth.image.PullingImages;
import io.berth.image.Registries;
import io.berth.layers.BlobStore;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotters;
import io.berth.layers.UnpackLimit;
import io.berth.linux.FileRights;
import io.berth.network.ContainerLookup;
import io.berth.network.DefaultNetworks;
import io.berth.network.Ground;
import io.berth.network.OrdinaryGround;
import io.berth.registry.RegistryOptions;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.Cgroups;
import io.berth.runtime.launch.Launcher;
import io.berth.runtime.launch.NativeLauncher;
import io.berth.runtime.oci.RuntimeLauncher;
import io.berth.runtime.security.Architecture;
import io.berth.runtime.security.KernelVersion;
import io.berth.runtime.security.SeccompCompiler;
import io.berth.runtime.security.SeccompProfile;
import io.berth.runtime.userns.Credentials;
import io.berth.runtime.userns.UserNamespace;
import io.berth.volume.DefaultVolumes;
import io.berth.volume.VolumeDrivers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The engine of this host: where everything is wired. */
final class LocalEngine implements Engine {
  private static final String USERNS = "userns.lock";
  private static final String NATIVE = "native";

  private final Path dataDirectory;
  private final Snapshotter snapshotter;
  private final NativeLauncher launcher;
  private final DefaultVolumes volumes;
  private final Storage storage;
  private final DefaultNetworks networks;
  private final DefaultContainers containers;
  private final Registries registries;
  private final Images images;
  private final EventJournal events;
  private final List<String> warnings;

  LocalEngine(
      Path dataDirectory,
      Optional<String> driver,
      String runtime,
      Clock clock,
      RegistryOptions registryOptions,
      UnpackLimit unpacked,
      List<Path> plugins,
      Optional<Long> cacheLimit,
      Optional<Ground> ground) {
    this.dataDirectory = dataDirectory.toAbsolutePath().normalize();
    Path data = this.dataDirectory;
    Credentials user = Credentials.own();
    boolean rootless = !user.isPrivileged();
    DataDirectory.make(data, rootless);
    this.launcher =
        rootless
            ? new NativeLauncher(
                UserNamespace.plan(user, System.getProperty("user.name")), data.resolve(USERNS))
            : new NativeLauncher();
    FileRights access = launcher.access();
    this.snapshotter = openSnapshots(data, driver, access);
    BlobStore blobs = BlobStore.open(data);
    this.events = new EventJournal(data, clock);
    this.networks =
        new DefaultNetworks(data, ground.orElseGet(this::ground), events, clock, this::lookup);
    CgroupLayout layout = CgroupLayout.detect();
    Users users = new Users();
    SeccompCompiler compiler = new SeccompCompiler(architecture(), KernelVersion.running());
    Function<Launcher, Starter> starters =
        chosen ->
            new Starter(
                chosen,
                networks.connector(),
                layout,
                rootless ? Cgroups.delegated(layout) : Cgroups.manager(layout),
                users,
                access,
                compiler,
                SeccompProfile.dockerDefault(),
                data,
                events.file());
    Starter own = starters.apply(launcher);
    Starter starter =
        runtime.equals(NATIVE) ? own : starters.apply(RuntimeLauncher.of(launcher, runtime, data));
    starter.warmUp();
    ContainerUse use = new ContainerUse(data);
    ImageStore store = new ImageStore(data, snapshotter, blobs, use::containersOf, events);
    ImageImporter importer = new ImageImporter(store, unpacked.bytes());
    this.registries = new Registries(registryOptions);
    BaseImages bases = new PullingImages(store, importer, registries);
    BuildCachePruner pruner = new BuildCachePruner(data, store);
    DefaultBuilder builder =
        new DefaultBuilder(
            data,
            store,
            bases,
            Optional.of(registries),
            new RuntimeStepRunner(data, own),
            clock,
            unpacked.bytes(),
            () -> cacheLimit.ifPresent(most -> pruner.prune(most, PruneFilter.ALL)));
    this.images = new DefaultImages(store, builder, importer, registries, clock);
    Contents contents =
        new Contents(
            snapshotter,
            new Views(launcher, data),
            users,
            new ImageCommits(store, clock),
            data,
            unpacked);
    VolumeDrivers drivers =
        new VolumeDrivers(access, data.resolve("volumes"), data.resolve("volume-drivers"), plugins);
    this.volumes =
        new DefaultVolumes(data.resolve("volumes"), drivers, use::containersWith, events, clock);
    ContainerMounts mounts = new ContainerMounts(volumes, images, snapshotter);
    this.containers =
        new DefaultContainers(
            data, images, store::lease, snapshotter, starter, contents, mounts, events, clock);
    this.storage = new LocalStorage(store, containers, volumes, pruner, use, snapshotter);
    this.warnings =
        HostWarnings.of(data, snapshotter, driver.isPresent(), launcher, layout, rootless);
  }

  private Ground ground() {
    return launcher
        .networks()
        .map(agent -> (Ground) new OrdinaryGround(agent, launcher::startUplink))
        .orElseGet(Ground::host);
  }

  private ContainerLookup lookup() {
    return containers;
  }

  private static Architecture architecture() {
    return Architecture.running()
        .orElseThrow(
            () ->
                new BerthException(
                    "Berth runs containers on x86_64 and aarch64; this JVM says "
                        + System.getProperty("os.arch")));
  }

  private Snapshotter openSnapshots(Path data, Optional<String> driver, FileRights access) {
    try {
      return driver
          .map(name -> Snapshotters.open(data, Snapshotters.Driver.parse(name), access))
          .orElseGet(() -> Snapshotters.open(data, access));
    } catch (RuntimeException e) {
      launcher.close();
      throw e;
    }
  }

  @Override
  public Images images() {
    return images;
  }

  @Override
  public Containers containers() {
    return containers;
  }

  @Override
  public Networks networks() {
    return networks;
  }

  @Override
  public Events events() {
    return events;
  }

  @Override
  public Volumes volumes() {
    return volumes;
  }

  @Override
  public Storage storage() {
    return storage;
  }

  @Override
  public Path dataDirectory() {
    return dataDirectory;
  }

  @Override
  public List<String> warnings() {
    return Stream.concat(warnings.stream(), networks.warnings().stream()).toList();
  }

  @Override
  public void close() {
    containers.close();
    networks.close();
    registries.close();
    launcher.close();
    snapshotter.close();
  }
}
