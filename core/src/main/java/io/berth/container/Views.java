package io.berth.container;

import io.berth.api.SandboxSpec;
import io.berth.error.Errno;
import io.berth.layers.RootMount;
import io.berth.linux.FileLock;
import io.berth.linux.RootDir;
import io.berth.runtime.launch.LaunchSpec;
import io.berth.runtime.launch.LaunchSpecBuilder;
import io.berth.runtime.launch.MountView;
import io.berth.runtime.launch.StartFailure;
import io.berth.runtime.launch.ViewOpener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Opens the files of containers: of one that runs as its processes see them, of one that does not
 * with the mounts that it would have.
 */
public final class Views {
  private final ViewOpener opener;
  private final Roots roots;

  /**
   * @param dataDirectory the engine's
   */
  public Views(ViewOpener opener, Path dataDirectory) {
    this.opener = opener;
    this.roots = Roots.in(dataDirectory);
  }

  /** The files of a container; while one that does not run is open, it cannot start. */
  record View(MountView mounts, Runnable release) implements AutoCloseable {
    RootDir root() {
      return mounts.root();
    }

    @Override
    public void close() {
      mounts.close();
      release.run();
    }
  }

  /** Mounts what a container that does not run would have. */
  interface Points {
    List<PlacedMount> place();

    /** Undoes it, also where nothing was done. */
    void release();
  }

  /** Keeps a container from being started while its files are mounted here, and the reverse. */
  static FileLock lock(Path directory) {
    return FileLock.exclusive(directory.resolve("files.lock"));
  }

  /**
   * @param root of one that does not run
   * @param points the mounts of one that does not run
   */
  View open(
      ContainerConfig config, Path directory, Life life, Supplier<RootMount> root, Points points) {
    OptionalLong init = life.pid();
    if (init.isPresent()) {
      try {
        return new View(running(config, directory, init.getAsLong()), () -> {});
      } catch (StartFailure e) {
        if (e.errno() != Errno.ESRCH) {
          throw e;
        }
        // It has ended in this moment.
      }
    }
    FileLock lock = lock(directory);
    boolean done = false;
    try {
      OptionalLong now = life.pid();
      MountView view =
          now.isPresent()
              ? running(config, directory, now.getAsLong())
              : stopped(config, directory, root.get(), points.place());
      done = true;
      return new View(
          view,
          () -> {
            points.release();
            lock.close();
          });
    } finally {
      if (!done) {
        points.release();
        lock.close();
      }
    }
  }

  private MountView running(ContainerConfig config, Path directory, long init) {
    LaunchSpec spec = LaunchSpec.builder(config.id(), directory).exec((int) init).build();
    return opener.view(spec, config.name());
  }

  private MountView stopped(
      ContainerConfig config, Path directory, RootMount root, List<PlacedMount> points) {
    SandboxSpec sandbox = config.spec().sandbox();
    LaunchSpecBuilder spec = LaunchSpec.builder(config.id(), directory);
    roots.add(spec, root, directory.resolve("root"), Optional.empty());
    MountPlan mounts = new MountPlan(spec, sandbox, root.access(), Optional.empty());
    for (String name : List.of("resolv.conf", "hostname", "hosts")) {
      // They are made at its first start.
      if (Files.exists(directory.resolve(name))) {
        mounts.bind(directory.resolve(name), "/etc/" + name, false);
      }
    }
    points.forEach(point -> mounts.point(point, roots));
    spec.flags(sandbox.readOnlyRoot() ? List.of(LaunchSpec.Flag.READ_ONLY_ROOT) : List.of());
    return opener.view(spec.build(), config.name());
  }
}
