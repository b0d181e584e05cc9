package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** A container in a list; created is in seconds. */
public record ContainerSummary(
    String id,
    List<String> names,
    String image,
    @JsonProperty("ImageID") String imageId,
    String command,
    long created,
    List<PublishedPortSummary> ports,
    @JsonInclude(Include.NON_NULL) Long sizeRw,
    @JsonInclude(Include.NON_NULL) Long sizeRootFs,
    Map<String, String> labels,
    String state,
    String status,
    SummaryHostConfig hostConfig,
    SummaryNetworks networkSettings,
    List<MountPoint> mounts) {

  /** The little of a host configuration that a list shows. */
  public record SummaryHostConfig(
      String networkMode, @JsonInclude(Include.NON_EMPTY) Map<String, String> annotations) {}

  /** The networks of a container in a list. */
  public record SummaryNetworks(Map<String, EndpointSettings> networks) {}
}
