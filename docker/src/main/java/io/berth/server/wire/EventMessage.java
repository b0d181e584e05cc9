package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/** Something that happened; status, id and from are there until API 1.51. */
public record EventMessage(
    @JsonProperty("status") @JsonInclude(Include.NON_NULL) String status,
    @JsonProperty("id") @JsonInclude(Include.NON_NULL) String id,
    @JsonProperty("from") @JsonInclude(Include.NON_NULL) String from,
    @JsonProperty("Type") String type,
    @JsonProperty("Action") String action,
    @JsonProperty("Actor") Actor actor,
    @JsonProperty("scope") String scope,
    @JsonProperty("time") long time,
    @JsonProperty("timeNano") long timeNano) {

  /** What it happened to. */
  public record Actor(
      @JsonProperty("ID") String id, @JsonProperty("Attributes") Map<String, String> attributes) {}
}
