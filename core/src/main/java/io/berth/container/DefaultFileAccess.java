package io.berth.container;

import io.berth.api.FileAccess;
import io.berth.api.FileArchive;
import io.berth.api.PathStat;
import io.berth.copy.CopyPath;
import io.berth.copy.CopyPlan;
import io.berth.copy.LocalFiles;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.internal.Pipe;
import io.berth.layers.Compression;
import io.berth.layers.PathChange;
import io.berth.layers.TreeArchive;
import io.berth.layers.TreeUnpacker;
import io.berth.layers.TreeUnpacker.Options;
import io.berth.layers.TreeUnpacker.Owner;
import io.berth.layers.UnpackLimit;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.RootDir;
import io.berth.linux.StatusCalls;
import io.berth.runtime.user.ResolvedUser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** The files of one container. */
final class DefaultFileAccess implements FileAccess {
  private final ContainerConfig config;
  private final Supplier<Views.View> views;
  private final Supplier<RootDir> unmounted;
  private final Supplier<List<PathChange>> changes;
  private final Function<RootDir, ResolvedUser> user;
  private final UnpackLimit limit;

  /**
   * @param unmounted opens its root file system without what is mounted in it
   * @param user looks up the container's user
   * @param limit of what is copied in and out
   */
  DefaultFileAccess(
      ContainerConfig config,
      Supplier<Views.View> views,
      Supplier<RootDir> unmounted,
      Supplier<List<PathChange>> changes,
      Function<RootDir, ResolvedUser> user,
      UnpackLimit limit) {
    this.config = config;
    this.views = views;
    this.unmounted = unmounted;
    this.changes = changes;
    this.user = user;
    this.limit = limit;
  }

  @Override
  public PathStat stat(String path) {
    try (Views.View view = views.get()) {
      return stat(view.root(), CopyPath.inRoot(path), path);
    }
  }

  private PathStat stat(RootDir root, CopyPath path, String asked) {
    FileStatus status = root.statNoFollow(path.text()).orElseThrow(() -> missing(asked));
    return new PathStat(
        path.base(),
        status.size(),
        status.type(),
        status.mode(),
        status.mtime(),
        status.isSymlink() ? Optional.of(root.resolve(path.text())) : Optional.empty());
  }

  private NotFoundException missing(String path) {
    return new NotFoundException(
        "Could not find the file " + path + " in container " + config.name());
  }

  @Override
  public FileArchive archive(String path) {
    Views.View view = views.get();
    try {
      CopyPath inRoot = CopyPath.inRoot(path);
      return new Archive(view, inRoot, stat(view.root(), inRoot, path));
    } catch (RuntimeException e) {
      view.close();
      throw e;
    }
  }

  private record Archive(Views.View view, CopyPath path, PathStat stat) implements FileArchive {
    @Override
    public void writeTo(OutputStream tar) {
      try {
        write(view.root(), path, stat, stat.name(), tar);
      } catch (IOException e) {
        throw new StorageException("Cannot write the archive of " + path + ": " + e, e);
      }
    }

    @Override
    public void close() {
      view.close();
    }
  }

  private static void write(RootDir root, CopyPath path, PathStat stat, String as, OutputStream tar)
      throws IOException {
    if (stat.isDirectory()) {
      try (Fd directory = root.openDirectory(path.text())) {
        TreeArchive.write(directory, ".", as, tar);
      }
    } else {
      try (Fd parent = root.openDirectory(path.directory().text())) {
        TreeArchive.write(parent, path.entry(), as, tar);
      }
    }
  }

  @Override
  public void extract(InputStream tar, String directory, ExtractOptions options) {
    try (Views.View view = views.get()) {
      InputStream plain = Compression.decompress(tar, OptionalLong.of(limit.bytes()));
      extract(view.root(), plain, CopyPath.inRoot(directory), directory, options);
      tar.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot unpack into " + directory + " of container " + config.name() + ": " + e, e);
    }
  }

  private void extract(
      RootDir root, InputStream tar, CopyPath directory, String asked, ExtractOptions options)
      throws IOException {
    FileStatus status = root.stat(directory.text()).orElseThrow(() -> missing(asked));
    if (!status.isDirectory()) {
      throw new InvalidInputException("extraction point is not a directory: " + asked);
    }
    Optional<Owner> owner =
        options.copyUidGid() && !config.spec().process().user().isEmpty()
            ? Optional.of(user.apply(root)).map(u -> new Owner(u.uid(), u.gid()))
            : Optional.empty();
    String real = root.resolve(directory.text());
    try {
      Options how = new Options(options.noOverwriteDirNonDir(), owner, true, limit);
      TreeUnpacker.inRoot(root.fd(), real, how).unpack(tar);
    } catch (SystemCallException e) {
      throw e.errno() == Errno.EROFS ? readOnly(real, e) : e;
    }
  }

  private InvalidInputException readOnly(String path, SystemCallException cause) {
    boolean mounted =
        config.spec().sandbox().mounts().stream()
            .anyMatch(m -> (path + "/").startsWith(m.target() + "/"));
    return new InvalidInputException(
        mounted || !config.spec().sandbox().readOnlyRoot()
            ? "mounted volume is marked read-only: " + path
            : "container rootfs is marked read-only: " + path,
        cause);
  }

  @Override
  public void copyTo(String local, String target, CopyOptions options) {
    LocalFiles.Source source = LocalFiles.source(local, options.followLink());
    try (Views.View view = views.get()) {
      RootDir root = view.root();
      CopyPlan plan = CopyPlan.of(source.what(), target(root, target));
      ExtractOptions extract = new ExtractOptions(true, options.archive());
      Pipe.run(
          "copy " + local + " to container " + config.name(),
          out -> {
            try (Fd parent = FileCalls.openDirectory(source.directory())) {
              TreeArchive.write(parent, source.entry(), plan.name(), out);
            }
          },
          in -> {
            extract(root, in, plan.directory(), plan.directory().text(), extract);
            return true;
          });
    }
  }

  private CopyPlan.Target target(RootDir root, String target) {
    CopyPath path = CopyPath.inRoot(target);
    Optional<FileStatus> status = root.statNoFollow(path.text());
    if (status.map(FileStatus::isSymlink).orElse(false)) {
      path = new CopyPath(root.resolve(path.text()));
      status = root.statNoFollow(path.text());
    }
    boolean special =
        status.filter(s -> !s.isDirectory() && !s.isRegular() && !s.isSymlink()).isPresent();
    if (special) {
      throw new InvalidInputException(
          "cannot copy to " + target + ": got a " + status.get().type() + ", no file or directory");
    }
    return new CopyPlan.Target(
        path, status.isPresent(), status.map(FileStatus::isDirectory).orElse(false));
  }

  @Override
  public void copyFrom(String source, String local, CopyOptions options) {
    try (Views.View view = views.get()) {
      RootDir root = view.root();
      CopyPath asked = CopyPath.inRoot(source);
      PathStat found = stat(root, asked, source);
      CopyPath path = asked;
      if (options.followLink() && found.linkTarget().isPresent()) {
        path = new CopyPath(found.linkTarget().get());
        found = stat(root, path, source);
      }
      CopyPlan plan =
          CopyPlan.of(
              new CopyPlan.Source(asked.base(), found.isDirectory()), LocalFiles.target(local));
      Optional<Owner> owner = options.archive() ? Optional.empty() : Optional.of(caller());
      CopyPath from = path;
      PathStat stat = found;
      Pipe.run(
          "copy " + source + " from container " + config.name(),
          out -> write(root, from, stat, plan.name(), out),
          in -> {
            try (Fd to = FileCalls.openDirectory(Path.of(plan.directory().text()))) {
              TreeUnpacker.beneath(to, new Options(true, owner, options.archive(), limit))
                  .unpack(in);
            }
            return true;
          });
    }
  }

  /** Whom this process makes files for. */
  private static Owner caller() {
    try (Fd self = FileCalls.openDirectory(Path.of("/proc/self"))) {
      FileStatus status = StatusCalls.stat(self);
      return new Owner(status.uid(), status.gid());
    }
  }

  @Override
  public List<PathChange> changes() {
    return changes.get();
  }

  @Override
  public void export(OutputStream tar) {
    try (RootDir root = unmounted.get();
        Fd directory = root.openDirectory("/")) {
      TreeArchive.write(directory, ".", "", tar);
    } catch (IOException e) {
      throw new StorageException("Cannot export container " + config.name() + ": " + e, e);
    }
  }
}
