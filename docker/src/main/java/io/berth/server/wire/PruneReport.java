package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;

/** What was removed; only the list that applies is there. */
@JsonInclude(Include.NON_NULL)
public record PruneReport(
    List<String> containersDeleted,
    List<String> volumesDeleted,
    List<String> networksDeleted,
    List<String> cachesDeleted,
    Long spaceReclaimed) {}
