package io.berth.container;

import io.berth.api.ContainerSpec;
import io.berth.container.Launch.Supervision;
import io.berth.layers.RootMount;
import io.berth.layers.Snapshotter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a container is launched: its spec, with what that refers to at this moment. Thread-safe. */
final class Launches {
  private final ContainerRecord record;
  private final Snapshotter snapshotter;
  private final DefaultContainers others;
  private Optional<RootMount> root = Optional.empty();

  /**
   * @param others whose namespaces it may share
   */
  Launches(ContainerRecord record, Snapshotter snapshotter, DefaultContainers others) {
    this.record = record;
    this.snapshotter = snapshotter;
    this.others = others;
  }

  /** Of a container it never changes. */
  synchronized RootMount root() {
    if (root.isEmpty()) {
      root = Optional.of(snapshotter.mount(record.config().snapshotKey()));
    }
    return root.get();
  }

  /** As its networks see it. */
  Launch joining() {
    return launch(false, record.directory(), List.of());
  }

  /**
   * @param attach whether its output is sent to this engine
   * @param points its mounts, placed
   */
  Launch launch(boolean attach, Path directory, List<PlacedMount> points) {
    ContainerConfig config = record.config();
    ContainerSpec spec = config.spec();
    return new Launch(
        config.id(),
        config.name(),
        directory,
        spec.process(),
        spec.sandbox(),
        root(),
        others.joined(spec.sandbox()),
        new Launch.Reached(
            spec.networking(), spec.exposedPorts(), others.sharedNetwork(spec.sandbox())),
        new Supervision(
            attach,
            !spec.detached(),
            spec.init(),
            spec.log(),
            LogAttributes.of(config.id(), config.name(), spec),
            spec.restart(),
            spec.healthcheck(),
            Optional.of(Actors.of(config, Map.of()))),
        points);
  }
}
