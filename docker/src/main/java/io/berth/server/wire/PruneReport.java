package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What was removed: the names, null for none, in a member that says what they are names of. */
public record PruneReport(
    @JsonAnyGetter Map<String, List<String>> removed,
    @JsonInclude(Include.NON_NULL) Long spaceReclaimed) {

  public static PruneReport of(String member, List<String> names, Long bytes) {
    return new PruneReport(Collections.singletonMap(member, names), bytes);
  }
}
