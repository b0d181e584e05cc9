package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.Map;

/** A volume. */
public record VolumeDetails(
    String createdAt,
    String driver,
    Map<String, String> labels,
    String mountpoint,
    String name,
    Map<String, String> options,
    String scope,
    @JsonInclude(Include.NON_NULL) Usage usageData) {

  /** What it takes on disk, and how many containers have it; -1 where it is not known. */
  public record Usage(long refCount, long size) {}
}
