package io.berth.server.resource;

import io.berth.api.CreateRequest;
import io.berth.server.http.HttpError;
import io.berth.server.wire.HostFiles;
import io.berth.server.wire.MountConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says to an engine what a container has mounted. */
final class MountDraft {
  private final CreateRequest request;
  private final HostFiles files;

  MountDraft(CreateRequest request, HostFiles files) {
    this.request = request;
    this.files = files;
  }

  /**
   * @param anonymous paths that get a volume without a name
   */
  void fill(Map<String, Object> anonymous) {
    request.readOnlyRoot(files.readonlyRootfs());
    Lists.of(files.binds()).forEach(this::bind);
    Lists.of(files.mounts()).forEach(this::mount);
    Lists.of(files.tmpfs()).forEach(request::tmpfs);
    if (!Lists.of(files.volumesFrom()).isEmpty() || !Lists.of(anonymous).isEmpty()) {
      throw HttpError.notImplemented("volumes are not supported by this release of Berth");
    }
  }

  /** {@code SOURCE:TARGET[:OPTIONS]}. */
  private void bind(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
      throw HttpError.badRequest("invalid volume specification: '" + text + "'");
    }
    boolean readOnly = parts.length == 3 && List.of(parts[2].split(",")).contains("ro");
    if (!parts[0].startsWith("/")) {
      throw HttpError.notImplemented("volumes are not supported by this release of Berth");
    }
    Path source = Path.of(parts[0]);
    create(source);
    request.bind(source, parts[1], readOnly);
  }

  /** As dockerd: what is to be bound with -v and is not there becomes a directory. */
  private static void create(Path source) {
    try {
      if (!Files.exists(source)) {
        Files.createDirectories(source);
      }
    } catch (IOException e) {
      throw new HttpError(
          400, "error while creating mount source path '" + source + "': " + e.getMessage(), e);
    }
  }

  private void mount(MountConfig mount) {
    switch (Lists.of(mount.type())) {
      case "bind" -> {
        Path source = Path.of(Lists.of(mount.source()));
        if (mount.bindOptions() != null && mount.bindOptions().createMountpoint()) {
          create(source);
        }
        if (!Files.exists(source)) {
          throw HttpError.badRequest(
              "invalid mount config for type \"bind\": bind source path does not exist: " + source);
        }
        request.bind(source, mount.target(), mount.readOnly());
      }
      case "tmpfs" -> request.tmpfs(mount.target(), tmpfs(mount));
      case "volume" ->
          throw HttpError.notImplemented("volumes are not supported by this release of Berth");
      default ->
          throw HttpError.badRequest(
              "invalid mount config for type \"" + mount.type() + "\": mount type unknown");
    }
  }

  private static String tmpfs(MountConfig mount) {
    List<String> options = new ArrayList<>();
    MountConfig.TmpfsOptions tmpfs = mount.tmpfsOptions();
    if (tmpfs != null && tmpfs.sizeBytes() > 0) {
      options.add("size=" + tmpfs.sizeBytes());
    }
    if (tmpfs != null && tmpfs.mode() > 0) {
      options.add("mode=" + Long.toOctalString(tmpfs.mode()));
    }
    if (tmpfs != null) {
      Lists.of(tmpfs.options()).forEach(o -> options.add(String.join("=", o)));
    }
    if (mount.readOnly()) {
      options.add("ro");
    }
    return String.join(",", options);
  }
}
