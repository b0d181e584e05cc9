package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What a registry has under a name. */
public record DistributionDetails(OciDescriptor descriptor, List<OciPlatform> platforms) {

  /** A manifest or index. */
  public record OciDescriptor(
      @JsonProperty("mediaType") String mediaType,
      @JsonProperty("digest") String digest,
      @JsonProperty("size") long size) {}

  /** What an image runs on. */
  public record OciPlatform(
      @JsonProperty("architecture") String architecture,
      @JsonProperty("os") String os,
      @JsonProperty("variant") @JsonInclude(Include.NON_EMPTY) String variant) {}
}
