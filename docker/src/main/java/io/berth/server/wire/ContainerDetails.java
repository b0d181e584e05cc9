package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/** All about a container. */
public record ContainerDetails(
    String id,
    String created,
    String path,
    List<String> args,
    StateDetails state,
    String image,
    @JsonUnwrapped ContainerPaths paths,
    String name,
    int restartCount,
    String driver,
    String platform,
    String mountLabel,
    String processLabel,
    String appArmorProfile,
    @JsonProperty("ExecIDs") List<String> execIds,
    HostConfig hostConfig,
    GraphDriver graphDriver,
    @JsonInclude(Include.NON_NULL) Long sizeRw,
    @JsonInclude(Include.NON_NULL) Long sizeRootFs,
    List<MountPoint> mounts,
    ContainerConfig config,
    NetworkDetails networkSettings) {

  /** The files of a container on the host. */
  public record ContainerPaths(
      String resolvConfPath, String hostnamePath, String hostsPath, String logPath) {}
}
