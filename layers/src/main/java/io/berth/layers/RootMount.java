package io.berth.layers;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How a snapshot becomes a root file system: what the launcher, or a {@code mount(2)}, must do. */
public sealed interface RootMount {

  /**
   * An overlayfs mount.
   *
   * @param lowers the read-only directories, topmost first; at least one
   * @param writable the upper and work directory; empty for a read-only view
   * @param userXattr whether whiteouts use the {@code user.overlay.} namespace ({@code userxattr})
   */
  record Overlay(List<Path> lowers, Optional<Writable> writable, boolean userXattr)
      implements RootMount {
    public Overlay {
      lowers = List.copyOf(lowers);
      if (lowers.isEmpty()) {
        throw new IllegalArgumentException("an overlay needs at least one lower directory");
      }
    }
  }

  /** The two directories of a writable overlay; both on one file system. */
  record Writable(Path upper, Path work) {}

  /** A plain directory, bind-mounted. */
  record Directory(Path path, boolean readOnly) implements RootMount {}
}
