package io.berth.remote.container;

import io.berth.api.MountSpec;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.Propagation;
import io.berth.server.wire.HostFiles;
import io.berth.server.wire.MountConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a container is to have mounted. */
final class MountPart {
  private final List<String> binds = new ArrayList<>();
  private final List<MountConfig> mounts = new ArrayList<>();
  private final List<String> volumesFrom = new ArrayList<>();
  private final Map<String, String> tmpfs = new LinkedHashMap<>();
  private String volumeDriver = "";
  private boolean readOnlyRoot;
  private boolean masked = true;
  private long shmSize;

  void add(MountSpec mount) {
    // Only this form has an engine of any age make a directory where the source is missing.
    if (mount.createSource() && mount.type() == MountSpec.Type.BIND) {
      binds.add(bind(mount));
    } else {
      mounts.add(config(mount));
    }
  }

  private static String bind(MountSpec mount) {
    List<String> options = new ArrayList<>();
    if (mount.readOnly()) {
      options.add("ro");
    }
    if (mount.bind().propagation() != Propagation.RPRIVATE) {
      options.add(mount.bind().propagation().toString());
    }
    String end = options.isEmpty() ? "" : ":" + String.join(",", options);
    return mount.source() + ":" + mount.target() + end;
  }

  private static MountConfig config(MountSpec mount) {
    return new MountConfig(
        mount.type().toString(),
        mount.source(),
        mount.target(),
        mount.readOnly(),
        "",
        mount.type() == MountSpec.Type.BIND ? bindOptions(mount.bind()) : null,
        mount.type() == MountSpec.Type.VOLUME ? volumeOptions(mount.volume()) : null,
        mount.type() == MountSpec.Type.TMPFS ? tmpfsOptions(mount.tmpfs()) : null,
        mount.imageSubpath().isEmpty() ? null : new MountConfig.ImageOptions(mount.imageSubpath()));
  }

  private static MountConfig.BindOptions bindOptions(MountSpec.BindOptions options) {
    return new MountConfig.BindOptions(
        options.propagation() == Propagation.RPRIVATE ? "" : options.propagation().toString(),
        !options.recursive(),
        false,
        options.scope() == ReadOnlyScope.TOP,
        options.scope() == ReadOnlyScope.ALL);
  }

  private static MountConfig.VolumeOptions volumeOptions(MountSpec.VolumeOptions options) {
    boolean driven = options.driver().isPresent() || !options.driverOptions().isEmpty();
    return new MountConfig.VolumeOptions(
        options.noCopy(),
        options.labels(),
        options.subpath(),
        driven
            ? new MountConfig.Driver(options.driver().orElse(""), options.driverOptions())
            : null);
  }

  private static MountConfig.TmpfsOptions tmpfsOptions(MountSpec.TmpfsMountOptions options) {
    return new MountConfig.TmpfsOptions(options.size().orElse(0L), options.mode().orElse(0), null);
  }

  void tmpfs(String target, String options) {
    tmpfs.put(target, options);
  }

  void volumesFrom(String container) {
    volumesFrom.add(container);
  }

  void volumeDriver(String name) {
    volumeDriver = name;
  }

  void readOnlyRoot(boolean readOnly) {
    readOnlyRoot = readOnly;
  }

  void mask(boolean mask) {
    masked = mask;
  }

  void shmSize(long bytes) {
    shmSize = bytes;
  }

  HostFiles build() {
    return new HostFiles(
        Values.orNull(binds),
        "",
        mounts,
        volumeDriver,
        Values.orNull(volumesFrom),
        readOnlyRoot,
        tmpfs,
        null,
        shmSize,
        // Nothing said is the usual paths, and an empty list is none.
        masked ? null : List.of(),
        masked ? null : List.of());
  }
}
