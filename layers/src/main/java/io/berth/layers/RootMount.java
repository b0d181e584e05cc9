package io.berth.layers;

import io.berth.linux.FileRights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How a snapshot becomes a root file system: what the launcher, or a {@code mount(2)}, must do. */
public sealed interface RootMount {

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

  /** The two directories of a writable overlay; both on one file system. */
  record Writable(Path upper, Path work) {}

  /** A plain directory, bind-mounted. */
  record Directory(Path path, boolean readOnly, FileRights access) implements RootMount {}
}
