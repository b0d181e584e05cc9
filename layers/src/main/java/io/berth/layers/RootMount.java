package io.berth.layers;

import io.berth.linux.FileRights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How a snapshot becomes a root file system: what the launcher, or a {@code mount(2)}, must do. */
public sealed interface RootMount {
  /** Whether overlayfs knows the option {@code volatile}: from Linux 5.10 on. */
  boolean VOLATILE = Kernel.isAtLeast(5, 10);

  /** With whose rights its files are reached. */
  FileRights access();

  /**
   * An overlay mount.
   *
   * @param lowers the read-only directories, topmost first; at least one
   * @param writable the upper and work directory; empty for a read-only view
   */
  record Overlay(List<Path> lowers, Optional<Writable> writable, Flavor flavor, FileRights access)
      implements RootMount {
    public Overlay {
      lowers = List.copyOf(lowers);
      if (lowers.isEmpty()) {
        throw new IllegalArgumentException("an overlay needs at least one lower directory");
      }
    }

    /** What is below the writable directory, for reading. */
    public Overlay below() {
      return new Overlay(lowers, Optional.empty(), flavor, access);
    }

    /** Whether the kernel is asked not to write all to disk when the mount ends. */
    public boolean isVolatile() {
      return writable.filter(Writable::once).isPresent();
    }
  }

  /**
   * The same, to be mounted for writing once and no more. A mount of overlayfs that ends waits
   * until its whole file system is on disk; this one does not, so that a build step does not wait
   * for what others write. What is not yet on disk is lost in a power cut.
   */
  default RootMount once() {
    if (this instanceof Overlay overlay && overlay.flavor() != Flavor.FUSE && VOLATILE) {
      return new Overlay(
          overlay.lowers(),
          overlay.writable().map(w -> new Writable(w.upper(), w.work(), true)),
          overlay.flavor(),
          overlay.access());
    }
    return this;
  }

  /** Whose overlay it is. */
  enum Flavor {
    /** The kernel's, with whiteout marks in the {@code trusted.overlay.} attributes. */
    TRUSTED,
    /** The kernel's with {@code userxattr}: marks in the {@code user.overlay.} attributes. */
    USERXATTR,
    /** The program fuse-overlayfs. */
    FUSE
  }

  /**
   * The two directories of a writable overlay; both on one file system.
   *
   * @param once whether it is mounted a single time, see {@link #once()}
   */
  record Writable(Path upper, Path work, boolean once) {
    public Writable(Path upper, Path work) {
      this(upper, work, false);
    }
  }

  /** A plain directory, bind-mounted. */
  record Directory(Path path, boolean readOnly, FileRights access) implements RootMount {}
}
