package io.berth.cli;

import io.berth.api.CreateRequest;
import io.berth.volume.MountFlag;
import io.berth.volume.MountGrammar;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What is mounted in a container. */
final class MountOptions {
  @Option(
      names = {"-v", "--volume"},
      paramLabel = "[SRC:]DST[:MODE]",
      description = "Mount a volume, or a path of the host")
  private List<String> volumes = List.of();

  @Option(
      names = "--mount",
      paramLabel = "type=TYPE,...",
      description = "Mount a volume, bind, tmpfs or image")
  private List<String> mounts = List.of();

  @Option(
      names = "--volumes-from",
      paramLabel = "CONTAINER[:ro]",
      description = "Mount what another container has mounted")
  private List<String> volumesFrom = List.of();

  @Option(
      names = "--volume-driver",
      paramLabel = "DRIVER",
      description = "Driver of volumes that are made for the container")
  private String volumeDriver;

  @Option(names = "--tmpfs", paramLabel = "PATH[:OPTIONS]", description = "File system in memory")
  private List<String> tmpfs = List.of();

  void apply(CreateRequest request) {
    Path here = Path.of("").toAbsolutePath();
    volumes.forEach(v -> request.mount(MountGrammar.volume(v, here)));
    mounts.forEach(m -> request.mount(MountFlag.parse(m, here)));
    volumesFrom.forEach(request::volumesFrom);
    if (volumeDriver != null) {
      request.volumeDriver(volumeDriver);
    }
    for (String mount : tmpfs) {
      String[] parts = mount.split(":", 2);
      request.tmpfs(parts[0], parts.length == 2 ? parts[1] : "");
    }
  }
}
