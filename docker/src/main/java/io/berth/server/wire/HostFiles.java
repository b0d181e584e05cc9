package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** The part of a host configuration about mounts and files. */
public record HostFiles(
    List<String> binds,
    @JsonProperty("ContainerIDFile") String containerIdFile,
    @JsonInclude(Include.NON_EMPTY) List<MountConfig> mounts,
    String volumeDriver,
    List<String> volumesFrom,
    boolean readonlyRootfs,
    @JsonInclude(Include.NON_EMPTY) Map<String, String> tmpfs,
    @JsonInclude(Include.NON_EMPTY) Map<String, String> storageOpt,
    long shmSize,
    List<String> maskedPaths,
    List<String> readonlyPaths) {}
