package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.layers.RootMount.Flavor;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileRights;
import io.berth.linux.Mounts;
import io.berth.linux.Names;
import io.berth.linux.RootDir;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Opens a {@link RootMount} as a {@link RootDir} without attaching a mount anywhere: when the
 * process ends, however it ends, the mount is gone.
 *
 * <pre>{@code
 * try (RootDir root = SnapshotViews.open(snapshotter.mount(key))) {
 *   root.read("/etc/passwd");
 * }
 * }</pre>
 */
public final class SnapshotViews {
  private static final int MAX_OPTION = 255;
  private static final int MAX_MOUNT_DATA = 4095;

  private SnapshotViews() {}

  /** Opens a snapshot for reading, and for writing where the mount is writable. */
  public static RootDir open(RootMount mount) {
    if (mount instanceof RootMount.Directory directory) {
      return directory.readOnly()
          ? RootDir.openReadOnly(mount.access(), directory.path())
          : RootDir.open(mount.access(), directory.path());
    }
    RootMount.Overlay overlay = (RootMount.Overlay) mount;
    if (overlay.writable().isEmpty() && overlay.lowers().size() == 1) {
      return RootDir.openReadOnly(
          mount.access(), overlay.lowers().get(0)); // overlayfs asks for two
    }
    if (overlay.flavor() == Flavor.FUSE) {
      return FuseOverlay.open(overlay);
    }
    try {
      return openDetached(overlay);
    } catch (SystemCallException e) {
      // Before 5.2 there is no fsopen; before 6.5 no lowerdir+, and long lists do not fit.
      if (e.errno() != Errno.ENOSYS && e.errno() != Errno.EINVAL) {
        throw e;
      }
      return openByClone(overlay);
    }
  }

  /** Opens for writing what {@link RootMount#once()} was mounted from; that mount has ended. */
  public static RootDir openAgain(RootMount mount) {
    if (mount.once() instanceof RootMount.Overlay overlay && overlay.isVolatile()) {
      // The kernel's mark that not all may be on disk, by which it refuses a second mount.
      Path work = overlay.writable().orElseThrow().work().resolve("work");
      try (Fd fd = FileCalls.openForListing(mount.access().cwd(), work.toString())) {
        Trees.remove(fd, "incompat");
      }
    }
    return open(mount.once());
  }

  static RootDir openDetached(RootMount.Overlay overlay) {
    try (Layers layers = new Layers(overlay);
        Fd context = Mounts.fsopen(overlay.access(), "overlay")) {
      String lowers = String.join(":", layers.lowers);
      if (lowers.length() <= MAX_OPTION) {
        Mounts.fsconfig(context, layers.base, "lowerdir", lowers);
      } else {
        for (String lower : layers.lowers) {
          Mounts.fsconfig(context, layers.base, "lowerdir+", lower);
        }
      }
      for (Option option : layers.options) {
        if (option.value.isEmpty()) {
          Mounts.fsconfigFlag(context, option.key);
        } else {
          Mounts.fsconfig(context, layers.base, option.key, option.value);
        }
      }
      Mounts.fsconfigCreate(context);
      return RootDir.of(Mounts.fsmount(context, 0), describe(overlay), isReadOnly(overlay));
    }
  }

  /** For older kernels: mounts on a private directory, clones the mount and takes it away again. */
  static RootDir openByClone(RootMount.Overlay overlay) {
    Path point = makePoint();
    try (Layers layers = new Layers(overlay)) {
      String data =
          layers.options.stream().map(Option::toString).collect(Collectors.joining(","))
              + ",lowerdir="
              + String.join(":", layers.lowers);
      if (Names.encode(data).length > MAX_MOUNT_DATA) {
        throw new StorageException(
            "Cannot mount "
                + layers.lowers.size()
                + " layers: this kernel takes "
                + MAX_MOUNT_DATA
                + " bytes of mount options; squash the image or use Linux 6.5 or newer");
      }
      FileRights access = overlay.access();
      Mounts.mount(access, base(overlay), "overlay", point, "overlay", 0, data);
      return takeAway(overlay, point);
    } finally {
      point.toFile().delete();
    }
  }

  /** A directory to mount on, for a moment. */
  static Path makePoint() {
    try {
      return Files.createTempDirectory("berth-view");
    } catch (IOException e) {
      throw new StorageException("Cannot make a directory to mount on: " + e.getMessage(), e);
    }
  }

  /** Turns a mount at a directory into one that is attached nowhere. */
  static RootDir takeAway(RootMount.Overlay overlay, Path point) {
    try {
      Fd mount = Mounts.cloneTree(overlay.access(), point, false);
      return RootDir.of(mount, describe(overlay), isReadOnly(overlay));
    } finally {
      Mounts.unmount(overlay.access(), point, Mounts.MNT_DETACH);
    }
  }

  /** The directory of all snapshots, where the short names of layers begin. */
  static Path base(RootMount.Overlay overlay) {
    return overlay.lowers().get(0).resolve("../..").normalize();
  }

  static boolean isReadOnly(RootMount.Overlay overlay) {
    return overlay.writable().isEmpty();
  }

  static String describe(RootMount.Overlay overlay) {
    return overlay
        .writable()
        .map(writable -> writable.upper().toString())
        .orElse(overlay.lowers().get(0).toString());
  }

  private record Option(String key, String value) {
    @Override
    public String toString() {
      return value.isEmpty() ? key : key + "=" + value;
    }
  }

  /**
   * The directories, held open and named through {@code /proc/self/fd}: short, and free of the
   * colons and commas that a real path may hold and mount options would need escaped. For an agent,
   * which has other descriptors, they are named from the directory of all snapshots.
   */
  private static final class Layers implements AutoCloseable {
    private final List<Fd> open = new ArrayList<>();
    private final List<String> lowers = new ArrayList<>();
    private final List<Option> options = new ArrayList<>();
    private final Path top;
    private final Fd base;

    Layers(RootMount.Overlay overlay) {
      boolean named = !overlay.access().isDirect();
      this.top = named ? base(overlay) : null;
      this.base = named ? overlay.access().openAmongMounts(top) : Fd.CWD;
      try {
        overlay.lowers().forEach(lower -> lowers.add(hold(lower)));
        if (overlay.flavor() == Flavor.USERXATTR) {
          options.add(new Option("userxattr", ""));
        } else {
          // Diffs are read from the upper directory, which must hold whole files under their names.
          options.add(new Option("redirect_dir", "off"));
          options.add(new Option("metacopy", "off"));
        }
        options.add(new Option("index", "off"));
        overlay
            .writable()
            .ifPresent(
                writable -> {
                  options.add(new Option("upperdir", hold(writable.upper())));
                  options.add(new Option("workdir", hold(writable.work())));
                  if (writable.once()) {
                    options.add(new Option("volatile", ""));
                  }
                });
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    private String hold(Path directory) {
      if (top != null) {
        return top.relativize(directory).toString();
      }
      Fd fd = FileCalls.openDirectory(directory);
      open.add(fd);
      return fd.procPath();
    }

    @Override
    public void close() {
      open.forEach(Fd::close);
      base.close();
    }
  }
}
