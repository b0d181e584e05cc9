package io.berth.container;

import io.berth.api.LogOptions;
import io.berth.api.ProcessSpec;
import io.berth.api.RestartPolicy;
import io.berth.api.Rights;
import io.berth.container.Launch.Supervision;
import io.berth.layers.RootMount;
import io.berth.runtime.launch.Monitor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts processes in containers that run. */
final class Execs {
  private final ContainerFiles files;
  private final Starter starter;
  private final Ids ids;

  Execs(ContainerFiles files, Starter starter, Ids ids) {
    this.files = files;
    this.starter = starter;
    this.ids = ids;
  }

  /**
   * @param init the container's
   * @param root its root file system
   */
  DefaultExec start(
      ContainerConfig config,
      long init,
      ProcessSpec process,
      boolean privileged,
      boolean detached,
      Attached streams,
      RootMount root) {
    String id = ids.next();
    // One that ends with this engine leaves nothing on disk.
    Path directory = detached ? files.beginExec(config.id(), id) : files.directory(config.id());
    StreamPump pump = new StreamPump(List.of(streams));
    Rights rights = config.spec().sandbox().rights();
    Supervision supervision =
        new Supervision(
            pump.wantsOutput(),
            !detached,
            false,
            LogOptions.NONE,
            Map.of(),
            RestartPolicy.NO,
            Optional.empty(),
            Optional.of(Actors.of(config, Map.of("execID", id))));
    Monitor monitor;
    try {
      monitor =
          starter.exec(
              new Starter.ExecLaunch(
                  id,
                  config.id(),
                  config.name(),
                  directory,
                  init,
                  process,
                  config.spec().sandbox(),
                  privileged ? privileged(rights) : rights,
                  root,
                  supervision),
              pump);
    } catch (RuntimeException e) {
      if (detached) {
        ContainerFiles.delete(directory);
      }
      throw e;
    }
    return new DefaultExec(id, config.name(), process, monitor, pump, streams);
  }

  private static Rights privileged(Rights rights) {
    return new Rights(
        true,
        rights.capAdd(),
        rights.capDrop(),
        false,
        rights.seccomp(),
        rights.labels(),
        rights.apparmor(),
        rights.unmasked());
  }
}
