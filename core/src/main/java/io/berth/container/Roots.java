package io.berth.container;

import io.berth.layers.FuseOverlay;
import io.berth.layers.RootMount;
import io.berth.layers.RootMount.Flavor;
import io.berth.layers.RootMount.Writable;
import io.berth.runtime.launch.LaunchSpec.MountKind;
import io.berth.runtime.launch.LaunchSpecBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says to the launcher how to mount a root file system. */
final class Roots {
  private final Path base;
  private final Path stubs;

  /**
   * @param base the directory of all snapshots; overlay options are relative to it, since the
   *     kernel takes only a page of them
   * @param stubs goes below all layers
   */
  private Roots(Path base, Path stubs) {
    this.base = base;
    this.stubs = stubs;
  }

  /**
   * @param dataDirectory the engine's
   */
  static Roots in(Path dataDirectory) {
    return new Roots(dataDirectory.resolve("snapshots"), StubLayer.in(dataDirectory));
  }

  /**
   * @param target an empty directory to mount on, inside the container's own mount namespace
   * @param label of all files, as an option of a mount, where SELinux is to have one
   */
  void add(LaunchSpecBuilder spec, RootMount root, Path target, Optional<String> label) {
    if (root instanceof RootMount.Directory directory) {
      spec.root(base, "bind", directory.path().toString(), target, "");
    } else if (root instanceof RootMount.Overlay overlay) {
      String options = options(overlay) + label.map(l -> "," + l).orElse("");
      spec.root(base, type(overlay), "overlay", target, options);
    }
  }

  /** A path in a snapshot, mounted inside of another root. */
  void addTree(LaunchSpecBuilder spec, RootMount tree, String source, String target, long flags) {
    if (tree instanceof RootMount.Directory directory) {
      spec.mount(MountKind.TREE, "bind", source, target, flags, directory.path().toString());
    } else if (tree instanceof RootMount.Overlay overlay) {
      boolean single = overlay.lowers().size() == 1 && overlay.writable().isEmpty();
      String data =
          single ? overlay.lowers().get(0).toString() : options(overlay, overlay.lowers());
      spec.mount(MountKind.TREE, single ? "bind" : type(overlay), source, target, flags, data);
    }
  }

  private static String type(RootMount.Overlay overlay) {
    return overlay.flavor() == Flavor.FUSE ? FuseOverlay.program().toString() : "overlay";
  }

  private String options(RootMount.Overlay overlay) {
    return options(overlay, Stream.concat(overlay.lowers().stream(), Stream.of(stubs)).toList());
  }

  private String options(RootMount.Overlay overlay, List<Path> all) {
    String lowers = all.stream().map(this::relative).collect(Collectors.joining(":"));
    // A diff reads the upper directory as it is, so nothing in it may point into a lower one.
    String options =
        switch (overlay.flavor()) {
          case TRUSTED -> "redirect_dir=off,metacopy=off,index=off,";
          case USERXATTR -> "userxattr,index=off,";
          case FUSE -> FuseOverlay.OPTIONS + ",";
        };
    options += "lowerdir=" + lowers;
    if (overlay.writable().isPresent()) {
      Writable w = overlay.writable().get();
      options += ",upperdir=" + relative(w.upper()) + ",workdir=" + relative(w.work());
      options += overlay.isVolatile() ? ",volatile" : "";
    }
    return options;
  }

  private String relative(Path path) {
    return base.relativize(path).toString();
  }
}
