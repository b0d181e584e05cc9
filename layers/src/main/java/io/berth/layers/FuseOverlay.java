package io.berth.layers;

import io.berth.error.NotFoundException;
import io.berth.linux.Programs;
import io.berth.linux.RootDir;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Overlays by the program fuse-overlayfs, where the kernel allows none of its own. The program ends
 * when its mount is gone.
 */
public final class FuseOverlay {
  public static final String PROGRAM = "fuse-overlayfs";

  /** What is in the layers is to be right at any moment: a diff reads them. */
  public static final String OPTIONS = "writeback=0";

  private FuseOverlay() {}

  /** The program's path. */
  public static Path program() {
    return Programs.find(PROGRAM)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "These snapshots need the program fuse-overlayfs, which is not in PATH; install"
                        + " it (Debian: apt-get install fuse-overlayfs)"));
  }

  static RootDir open(RootMount.Overlay overlay) {
    Path base = SnapshotViews.base(overlay);
    Path point = SnapshotViews.makePoint();
    try {
      List<String> command =
          List.of(program().toString(), "-o", options(overlay, base), point.toString());
      overlay.access().run(command, base);
      return SnapshotViews.takeAway(overlay, point);
    } finally {
      point.toFile().delete();
    }
  }

  private static String options(RootMount.Overlay overlay, Path base) {
    List<String> options = new ArrayList<>(List.of(OPTIONS));
    options.add(
        overlay.lowers().stream()
            .map(lower -> base.relativize(lower).toString())
            .collect(Collectors.joining(":", "lowerdir=", "")));
    overlay
        .writable()
        .ifPresent(
            w -> {
              options.add("upperdir=" + base.relativize(w.upper()));
              options.add("workdir=" + base.relativize(w.work()));
            });
    return String.join(",", options);
  }
}
