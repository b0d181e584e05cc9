package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;

/** What is on disk, by kind; until API 1.52 as lists alone. */
@JsonInclude(Include.NON_NULL)
public record DiskUsage(
    Long layersSize,
    List<ImageSummary> images,
    List<ContainerSummary> containers,
    List<VolumeDetails> volumes,
    List<BuildCacheEntry> buildCache,
    Long builderSize,
    Kind imageUsage,
    Kind containerUsage,
    Kind volumeUsage,
    Kind buildCacheUsage) {

  /** How much there is of one kind, and how much of it could go. */
  @JsonInclude(Include.NON_NULL)
  public record Kind(
      long activeCount, long totalCount, long reclaimable, long totalSize, List<?> items) {}
}
