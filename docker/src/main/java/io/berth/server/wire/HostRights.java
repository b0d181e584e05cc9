package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** The part of a host configuration about namespaces and rights. */
public record HostRights(
    List<String> capAdd,
    List<String> capDrop,
    String cgroupnsMode,
    List<String> groupAdd,
    String ipcMode,
    String cgroup,
    int oomScoreAdj,
    String pidMode,
    boolean privileged,
    List<String> securityOpt,
    @JsonProperty("UTSMode") String utsMode,
    String usernsMode,
    @JsonInclude(Include.NON_EMPTY) Map<String, String> sysctls,
    String isolation) {}
