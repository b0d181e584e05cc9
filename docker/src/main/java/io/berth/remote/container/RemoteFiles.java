package io.berth.remote.container;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.FileAccess;
import io.berth.api.FileArchive;
import io.berth.api.PathStat;
import io.berth.copy.CopyPath;
import io.berth.copy.CopyPlan;
import io.berth.copy.LocalFiles;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
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
import io.berth.linux.FileType;
import io.berth.linux.StatusCalls;
import io.berth.remote.call.Api;
import io.berth.remote.call.RemoteException;
import io.berth.remote.transport.Answer;
import io.berth.remote.transport.Ask;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The files of a container of a remote engine, which go over the connection as tars. */
final class RemoteFiles implements FileAccess {
  private static final int FORBIDDEN = 403;

  private final RemoteContainer container;
  private final Api api;

  RemoteFiles(RemoteContainer container) {
    this.container = container;
    this.api = container.api();
  }

  private NotFoundException missing(String path, NotFoundException cause) {
    return new NotFoundException(
        "Could not find the file " + path + " in container " + container.name(), cause);
  }

  @Override
  public PathStat stat(String path) {
    return find(path).orElseThrow(() -> missing(path, null));
  }

  private Optional<PathStat> find(String path) {
    try (Answer answer = api.head(container.path("archive")).query("path", path).open()) {
      return Optional.of(PathStats.read(answer));
    } catch (NotFoundException e) {
      // The answer to HEAD has no message: whether the file is missing or the container, it says.
      container.state();
      return Optional.empty();
    }
  }

  @Override
  public FileArchive archive(String path) {
    Answer answer;
    try {
      answer = api.get(container.path("archive")).query("path", path).open();
    } catch (NotFoundException e) {
      throw missing(path, e);
    }
    return new Archive(api, answer, PathStats.read(answer));
  }

  private record Archive(Api api, Answer answer, PathStat stat) implements FileArchive {
    @Override
    public void writeTo(OutputStream tar) {
      Copying.copy(api, answer.body(), tar);
    }

    @Override
    public void close() {
      answer.close();
    }
  }

  @Override
  public void extract(InputStream tar, String directory, ExtractOptions options) {
    try {
      InputStream plain = Compression.decompress(tar, OptionalLong.empty());
      put(directory, options, plain::transferTo);
      tar.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new InvalidInputException(
          "Cannot unpack into " + directory + " of container " + container.name() + ": " + e, e);
    }
  }

  private void put(String directory, ExtractOptions options, Ask.Body tar) {
    try {
      api.put(container.path("archive"))
          .query("path", directory)
          .flag("noOverwriteDirNonDir", options.noOverwriteDirNonDir())
          .flag("copyUIDGID", options.copyUidGid())
          .tar(tar)
          .done();
    } catch (RemoteException e) {
      throw e.status() == FORBIDDEN ? new InvalidInputException(e.getMessage(), e) : e;
    }
  }

  @Override
  public void copyTo(String local, String target, CopyOptions options) {
    LocalFiles.Source source = LocalFiles.source(local, options.followLink());
    CopyPlan plan = CopyPlan.of(source.what(), target(target));
    put(
        plan.directory().text(),
        new ExtractOptions(true, options.archive()),
        out -> {
          try (Fd parent = FileCalls.openDirectory(source.directory())) {
            TreeArchive.write(parent, source.entry(), plan.name(), out);
          }
        });
  }

  private CopyPlan.Target target(String target) {
    CopyPath path = CopyPath.inRoot(target);
    Optional<PathStat> status = find(path.text());
    Optional<String> link = status.flatMap(PathStat::linkTarget);
    if (link.isPresent()) {
      path = new CopyPath(link.get());
      status = find(path.text());
    }
    Optional<FileType> type = status.map(PathStat::type);
    boolean special =
        type.isPresent()
            && type.get() != FileType.DIRECTORY
            && type.get() != FileType.REGULAR
            && type.get() != FileType.SYMLINK;
    if (special) {
      throw new InvalidInputException(
          "cannot copy to " + target + ": got a " + type.get() + ", no file or directory");
    }
    return new CopyPlan.Target(
        path, status.isPresent(), status.map(PathStat::isDirectory).orElse(false));
  }

  @Override
  public void copyFrom(String source, String local, CopyOptions options) {
    CopyPath asked = CopyPath.inRoot(source);
    PathStat found = find(asked.text()).orElseThrow(() -> missing(source, null));
    CopyPath path = asked;
    if (options.followLink() && found.linkTarget().isPresent()) {
      path = new CopyPath(found.linkTarget().get());
      found = find(path.text()).orElseThrow(() -> missing(source, null));
    }
    CopyPlan plan =
        CopyPlan.of(
            new CopyPlan.Source(asked.base(), found.isDirectory()), LocalFiles.target(local));
    Optional<Owner> owner = options.archive() ? Optional.empty() : Optional.of(caller());
    Options how = new Options(true, owner, options.archive(), UnpackLimit.DEFAULT);
    try (FileArchive archive = archive(path.text());
        Fd to = FileCalls.openDirectory(Path.of(plan.directory().text()))) {
      InputStream tar = ((Archive) archive).answer().body();
      Copying.renamed(
          api,
          tar,
          archive.stat().name(),
          plan.name(),
          renamed -> TreeUnpacker.beneath(to, how).unpack(renamed));
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
    List<PathChange> changes = new ArrayList<>();
    for (JsonNode change : api.get(container.path("changes")).tree()) {
      PathChange.Kind kind = PathChange.Kind.values()[change.path("Kind").asInt()];
      changes.add(new PathChange(kind, change.path("Path").asText()));
    }
    changes.sort(Comparator.comparing(PathChange::path));
    return changes;
  }

  @Override
  public void export(OutputStream tar) {
    try {
      api.get(container.path("export")).copyTo(tar);
    } catch (IOException e) {
      throw new StorageException("Cannot export container " + container.name() + ": " + e, e);
    }
  }
}
