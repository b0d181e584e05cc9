package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.FileAccess.ExtractOptions;
import io.berth.api.FileArchive;
import io.berth.api.PathStat;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.layers.PathChange;
import io.berth.server.api.Call;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.wire.FileChange;
import io.berth.server.wire.FileStat;
import io.berth.server.wire.WireJson;
import java.util.Base64;
import java.util.List;

/** The files of containers. */
final class FileResource {
  private static final String TAR = "application/x-tar";
  private static final String STAT = "X-Docker-Container-Path-Stat";

  private final ContainerLookup lookup;

  FileResource(Containers containers) {
    this.lookup = new ContainerLookup(containers);
  }

  void routes(Router router) {
    router
        .head("/containers/{id}/archive", this::stat)
        .get("/containers/{id}/archive", this::archive)
        .put("/containers/{id}/archive", this::extract)
        .get("/containers/{id}/export", this::export)
        .get("/containers/{id}/changes", this::changes);
  }

  private static String path(Call call) {
    return call.query()
        .optional("path")
        .orElseThrow(() -> HttpError.badRequest("bad parameter: path cannot be empty"));
  }

  private static HttpError missing(Call call, NotFoundException cause) {
    return new HttpError(
        404,
        "Could not find the file " + path(call) + " in container " + call.parameter("id"),
        cause);
  }

  private static void putStat(Call call, PathStat stat) {
    FileStat document =
        new FileStat(
            stat.name(),
            stat.size(),
            stat.goMode(),
            stat.mtime().toString(),
            stat.linkTarget().orElse(""));
    call.exchange().setHeader(STAT, Base64.getEncoder().encodeToString(WireJson.bytes(document)));
  }

  private void stat(Call call) throws Exception {
    Container container = lookup.of(call);
    String path = path(call);
    try {
      putStat(call, container.files().stat(path));
    } catch (NotFoundException e) {
      throw missing(call, e);
    }
    call.exchange().send(200);
  }

  private void archive(Call call) throws Exception {
    Container container = lookup.of(call);
    String path = path(call);
    try (FileArchive archive = container.files().archive(path)) {
      putStat(call, archive.stat());
      archive.writeTo(call.exchange().stream(200, TAR));
    } catch (NotFoundException e) {
      throw missing(call, e);
    }
  }

  private void extract(Call call) throws Exception {
    Container container = lookup.of(call);
    String path = path(call);
    ExtractOptions options =
        new ExtractOptions(
            call.query().flag("noOverwriteDirNonDir"), call.query().flag("copyUIDGID"));
    try {
      container.files().extract(call.exchange().body(), path, options);
    } catch (NotFoundException e) {
      throw missing(call, e);
    } catch (BerthException e) {
      if (e.getMessage().contains("read-only")) {
        throw new HttpError(403, e.getMessage(), e);
      }
      throw e;
    }
    call.exchange().send(200);
  }

  private void export(Call call) throws Exception {
    Container container = lookup.of(call);
    container.files().export(call.exchange().stream(200, TAR));
  }

  private void changes(Call call) throws Exception {
    List<FileChange> changes =
        lookup.of(call).files().changes().stream()
            .map(c -> new FileChange(c.path(), kind(c.kind())))
            .toList();
    // Null for none, as dockerd.
    call.json(Lists.orNull(changes));
  }

  private static int kind(PathChange.Kind kind) {
    return switch (kind) {
      case MODIFIED -> 0;
      case ADDED -> 1;
      case DELETED -> 2;
    };
  }
}
