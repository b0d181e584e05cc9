package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerSpec;
import io.berth.api.ContainerState;
import io.berth.api.Engine;
import io.berth.api.MountSpec.Type;
import io.berth.api.Storage;
import io.berth.error.NotFoundException;
import io.berth.server.api.ApiVersion;
import io.berth.server.wire.ContainerDetails;
import io.berth.server.wire.ContainerDetails.ContainerPaths;
import io.berth.server.wire.ContainerSummary;
import io.berth.server.wire.ContainerSummary.SummaryHostConfig;
import io.berth.server.wire.ContainerSummary.SummaryNetworks;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.GraphDriver;
import io.berth.server.wire.MountPoint;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Containers as dockerd shows them. */
final class ContainerView {
  private final Path dataDirectory;
  private final ExecStore execs;
  private final Storage storage;

  ContainerView(Engine engine, ExecStore execs) {
    this.dataDirectory = engine.dataDirectory();
    this.storage = engine.storage();
    this.execs = execs;
  }

  ContainerDetails details(Container container, ApiVersion version, Optional<Sizes> sizes) {
    ContainerSpec spec = container.spec();
    ContainerState state = container.state();
    SpecView view = new SpecView(container);
    List<String> command = container.command();
    String directory = dataDirectory.resolve("containers").resolve(container.id()) + "/";
    return new ContainerDetails(
        container.id(),
        state.created().toString(),
        command.get(0),
        command.subList(1, command.size()),
        StateView.details(container, state),
        spec.imageId().toString(),
        new ContainerPaths(
            directory + "resolv.conf",
            directory + "hostname",
            directory + "hosts",
            spec.log().keep() ? directory + "log.json" : ""),
        "/" + container.name(),
        state.restarts(),
        GraphDriver.name(storage.driver()),
        "linux",
        "",
        "",
        spec.sandbox().rights().apparmor().orElse(""),
        Lists.orNull(execs.of(container.id())),
        view.hostConfig(),
        driver(container),
        sizes.map(s -> s.written(container.id())).orElse(null),
        sizes.map(s -> s.written(container.id()) + imageSize(s, spec)).orElse(null),
        mounts(spec),
        view.config(),
        NetworkView.details(container, version));
  }

  private GraphDriver driver(Container container) {
    try {
      return GraphDriver.of(storage.files(container), container.pid());
    } catch (NotFoundException e) {
      // It goes in this moment.
      return new GraphDriver(Map.of(), GraphDriver.name(storage.driver()));
    }
  }

  /**
   * @param sizes when they are asked for
   */
  ContainerSummary summary(
      Container container, ContainerState state, Instant now, Optional<Sizes> sizes) {
    ContainerSpec spec = container.spec();
    SpecView view = new SpecView(container);
    return new ContainerSummary(
        container.id(),
        List.of("/" + container.name()),
        spec.image(),
        spec.imageId().toString(),
        commandLine(container.command()),
        state.created().getEpochSecond(),
        NetworkView.ports(container),
        sizes.map(s -> written(s, container)).orElse(null),
        sizes.map(s -> s.written(container.id()) + imageSize(s, spec)).orElse(null),
        new TreeMap<>(spec.labels()),
        StateView.word(state),
        StateView.sentence(state, now),
        new SummaryHostConfig(view.networkMode(), view.annotations()),
        new SummaryNetworks(brief(NetworkView.endpoints(container))),
        mounts(spec));
  }

  private static Map<String, EndpointSettings> brief(Map<String, EndpointSettings> all) {
    Map<String, EndpointSettings> brief = new TreeMap<>();
    all.forEach((name, endpoint) -> brief.put(name, endpoint.brief()));
    return brief;
  }

  /** Null for nothing, which dockerd leaves out. */
  private static Long written(Sizes sizes, Container container) {
    long written = sizes.written(container.id());
    return written == 0 ? null : (Long) written;
  }

  private static long imageSize(Sizes sizes, ContainerSpec spec) {
    return sizes.size(spec.imageId().toString());
  }

  /** As dockerd: an argument with blanks is in quotes. */
  private static String commandLine(List<String> command) {
    StringBuilder line = new StringBuilder(command.get(0));
    for (String argument : command.subList(1, command.size())) {
      line.append(' ').append(argument.contains(" ") ? "'" + argument + "'" : argument);
    }
    return line.toString();
  }

  static List<MountPoint> mounts(ContainerSpec spec) {
    return spec.sandbox().mounts().stream().map(ContainerView::mount).toList();
  }

  private static String mode(io.berth.api.MountPoint mount) {
    String relabel =
        switch (mount.options().relabel()) {
          case SHARED -> "z";
          case PRIVATE -> "Z";
          case NONE -> mount.type() == Type.VOLUME && !mount.readOnly() ? "z" : "";
        };
    return mount.readOnly() ? relabel.isEmpty() ? "ro" : "ro," + relabel : relabel;
  }

  private static MountPoint mount(io.berth.api.MountPoint mount) {
    return new MountPoint(
        mount.type().toString(),
        mount.type() == Type.BIND ? null : mount.name(),
        mount.source(),
        mount.target(),
        mount.driver(),
        mode(mount),
        !mount.readOnly(),
        mount.type() == Type.BIND ? mount.options().propagation().toString() : "");
  }
}
