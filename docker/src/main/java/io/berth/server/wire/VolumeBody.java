package io.berth.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** A volume to be made. */
public record VolumeBody(
    String name,
    String driver,
    Map<String, String> driverOpts,
    Map<String, String> labels,
    JsonNode clusterVolumeSpec) {}
