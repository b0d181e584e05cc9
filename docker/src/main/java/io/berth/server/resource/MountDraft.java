package io.berth.server.resource;

import io.berth.api.CreateRequest;
import io.berth.api.MountSpec;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.MountSpec.Type;
import io.berth.api.MountSpec.VolumeOptions;
import io.berth.api.Propagation;
import io.berth.server.http.HttpError;
import io.berth.server.wire.HostFiles;
import io.berth.server.wire.MountConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says to an engine what a container has mounted. */
final class MountDraft {
  private static final Set<String> NO_MEANING =
      Set.of("rw", "z", "Z", "copy", "consistent", "cached", "delegated", "default");

  private final CreateRequest request;
  private final HostFiles files;
  private final Set<String> targets = new HashSet<>();

  MountDraft(CreateRequest request, HostFiles files) {
    this.request = request;
    this.files = files;
  }

  /**
   * @param anonymous paths that get a volume without a name
   */
  void fill(Map<String, Object> anonymous) {
    request.readOnlyRoot(files.readonlyRootfs());
    if (!Lists.of(files.volumeDriver()).isEmpty()) {
      request.volumeDriver(files.volumeDriver());
    }
    if (files.maskedPaths() != null && files.maskedPaths().isEmpty()) {
      // How the docker command says systempaths=unconfined; null is the usual paths.
      request.maskPaths(false);
    }
    Lists.of(files.volumesFrom()).forEach(request::volumesFrom);
    Lists.of(files.binds()).stream().map(MountDraft::bind).forEach(this::add);
    for (MountConfig mount : Lists.of(files.mounts())) {
      if (Lists.of(mount.type()).equals("tmpfs")) {
        targets.add(mount.target());
        request.tmpfs(mount.target(), tmpfs(mount));
      } else {
        add(mount(mount));
      }
    }
    Lists.of(files.tmpfs()).keySet().forEach(targets::add);
    Lists.of(files.tmpfs()).forEach(request::tmpfs);
    Lists.of(anonymous).keySet().stream()
        .filter(target -> !targets.contains(target))
        .forEach(target -> request.mount(MountSpec.volume("", target)));
  }

  private void add(MountSpec mount) {
    targets.add(mount.target());
    request.mount(mount);
  }

  /** {@code [SOURCE:]TARGET[:OPTIONS]}. */
  private static MountSpec bind(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 3 || parts[0].isEmpty()) {
      throw HttpError.badRequest("invalid volume specification: '" + text + "'");
    }
    if (parts.length == 1) {
      return MountSpec.volume("", parts[0]);
    }
    boolean path = parts[0].startsWith("/");
    MountSpec mount =
        path ? MountSpec.bind(parts[0], parts[1]) : MountSpec.volume(parts[0], parts[1]);
    boolean readOnly = false;
    boolean noCopy = false;
    Propagation propagation = Propagation.RPRIVATE;
    List<String> options = parts.length == 3 ? List.of(parts[2].split(",")) : List.of();
    for (String option : options) {
      switch (option) {
        case "ro" -> readOnly = true;
        case "nocopy" -> noCopy = true;
        default -> {
          if (!NO_MEANING.contains(option)) {
            propagation = propagation(option, text);
          }
        }
      }
    }
    return new MountSpec(
        mount.type(),
        mount.source(),
        mount.target(),
        readOnly,
        path,
        new BindOptions(
            propagation, true, ReadOnlyScope.ALL_IF_POSSIBLE, BindOptions.relabel(options)),
        new VolumeOptions(noCopy, Map.of(), Optional.empty(), Map.of(), ""),
        mount.tmpfs(),
        "");
  }

  private static Propagation propagation(String option, String text) {
    for (Propagation each : Propagation.values()) {
      if (each.toString().equals(option)) {
        return each;
      }
    }
    throw HttpError.badRequest("invalid mode: " + option + " in volume '" + text + "'");
  }

  private static MountSpec mount(MountConfig mount) {
    Type type = type(Lists.of(mount.type()));
    MountSpec plain = MountSpec.volume(Lists.of(mount.source()), Lists.of(mount.target()));
    return new MountSpec(
        type,
        plain.source(),
        plain.target(),
        mount.readOnly() || type == Type.IMAGE,
        mount.bindOptions() != null && mount.bindOptions().createMountpoint(),
        bindOptions(mount.bindOptions()),
        volumeOptions(mount.volumeOptions()),
        plain.tmpfs(),
        mount.imageOptions() == null ? "" : Lists.of(mount.imageOptions().subpath()));
  }

  private static Type type(String name) {
    try {
      return Type.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new HttpError(
          400, "invalid mount config for type \"" + name + "\": mount type unknown", e);
    }
  }

  private static BindOptions bindOptions(MountConfig.BindOptions options) {
    if (options == null) {
      return BindOptions.DEFAULT;
    }
    ReadOnlyScope scope =
        options.readOnlyForceRecursive()
            ? ReadOnlyScope.ALL
            : options.readOnlyNonRecursive() ? ReadOnlyScope.TOP : ReadOnlyScope.ALL_IF_POSSIBLE;
    String propagation = Lists.of(options.propagation());
    return new BindOptions(
        propagation.isEmpty() ? Propagation.RPRIVATE : Propagation.parse(propagation),
        !options.nonRecursive(),
        scope);
  }

  private static VolumeOptions volumeOptions(MountConfig.VolumeOptions options) {
    if (options == null) {
      return VolumeOptions.DEFAULT;
    }
    Optional<MountConfig.Driver> driver = Optional.ofNullable(options.driverConfig());
    return new VolumeOptions(
        options.noCopy(),
        Lists.of(options.labels()),
        driver.map(MountConfig.Driver::name).filter(n -> !n.isEmpty()),
        driver.map(d -> Lists.of(d.options())).orElse(Map.of()),
        Lists.of(options.subpath()));
  }

  private static String tmpfs(MountConfig mount) {
    List<String> options = new ArrayList<>();
    MountConfig.TmpfsOptions tmpfs = mount.tmpfsOptions();
    if (tmpfs != null && tmpfs.sizeBytes() > 0) {
      options.add("size=" + tmpfs.sizeBytes());
    }
    if (tmpfs != null && tmpfs.mode() > 0) {
      options.add("mode=" + Long.toOctalString(tmpfs.mode()));
    }
    if (tmpfs != null) {
      Lists.of(tmpfs.options()).forEach(o -> options.add(String.join("=", o)));
    }
    if (mount.readOnly()) {
      options.add("ro");
    }
    return String.join(",", options);
  }
}
