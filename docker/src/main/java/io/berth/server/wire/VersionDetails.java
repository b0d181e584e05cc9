package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** The versions of an engine. */
public record VersionDetails(
    Platform platform,
    List<Component> components,
    String version,
    String apiVersion,
    @JsonProperty("MinAPIVersion") String minApiVersion,
    String gitCommit,
    String goVersion,
    String os,
    String arch,
    String kernelVersion,
    String buildTime) {

  /** What the engine is a part of. */
  public record Platform(String name) {}

  /** A part of the engine. */
  public record Component(String name, String version, Map<String, String> details) {}
}
