package io.berth.container;

import io.berth.layers.RootMount;
import io.berth.layers.RootMount.Writable;
import io.berth.runtime.launch.LaunchSpec;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Says to the launcher how to mount a root file system. */
final class Roots {
  private Roots() {}

  /**
   * @param base the directory of all snapshots; overlay options are relative to it, since the
   *     kernel takes only a page of them
   * @param target an empty directory to mount on, inside the container's own mount namespace
   */
  static void add(LaunchSpec.Builder spec, RootMount root, Path base, Path target) {
    if (root instanceof RootMount.Directory directory) {
      spec.root(base, "bind", directory.path().toString(), target, "");
    } else if (root instanceof RootMount.Overlay overlay) {
      String lowers =
          overlay.lowers().stream().map(p -> relative(base, p)).collect(Collectors.joining(":"));
      // A diff reads the upper directory as it is, so nothing in it may point into a lower one.
      String options = "redirect_dir=off,metacopy=off,index=off,lowerdir=" + lowers;
      if (overlay.writable().isPresent()) {
        Writable w = overlay.writable().get();
        options +=
            ",upperdir=" + relative(base, w.upper()) + ",workdir=" + relative(base, w.work());
      }
      if (overlay.userXattr()) {
        options += ",userxattr";
      }
      spec.root(base, "overlay", "overlay", target, options);
    }
  }

  private static String relative(Path base, Path path) {
    return path.startsWith(base) ? base.relativize(path).toString() : path.toString();
  }
}
