package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** All about an image. */
public record ImageDetails(
    String id,
    List<String> repoTags,
    List<String> repoDigests,
    @JsonInclude(Include.NON_NULL) String parent,
    @JsonInclude(Include.NON_NULL) String comment,
    @JsonInclude(Include.NON_NULL) String created,
    @JsonInclude(Include.NON_NULL) String container,
    @JsonInclude(Include.NON_NULL) Object containerConfig,
    @JsonInclude(Include.NON_NULL) String dockerVersion,
    @JsonInclude(Include.NON_NULL) String author,
    Object config,
    String architecture,
    @JsonInclude(Include.NON_EMPTY) String variant,
    String os,
    @JsonInclude(Include.NON_EMPTY) String osVersion,
    long size,
    @JsonInclude(Include.NON_NULL) Long virtualSize,
    GraphDriver graphDriver,
    @JsonProperty("RootFS") RootFs rootFs,
    Metadata metadata) {

  /** The layers of an image. */
  public record RootFs(String type, @JsonInclude(Include.NON_EMPTY) List<String> layers) {}

  /** What the engine knows besides. */
  public record Metadata(String lastTagTime) {}
}
