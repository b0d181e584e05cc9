package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;

/** One line of what is told while images are built, pulled, pushed or loaded. */
@JsonInclude(Include.NON_NULL)
public record ProgressLine(
    @JsonProperty("stream") String stream,
    @JsonProperty("status") String status,
    @JsonProperty("progressDetail") Detail progressDetail,
    @JsonProperty("progress") String progress,
    @JsonProperty("id") String id,
    @JsonProperty("errorDetail") ErrorMessage errorDetail,
    @JsonProperty("error") String error,
    @JsonProperty("aux") Object aux) {

  /** How far something is. */
  @JsonInclude(Include.NON_DEFAULT)
  public record Detail(@JsonProperty("current") long current, @JsonProperty("total") long total) {}

  public static ProgressLine text(String text) {
    return new ProgressLine(text, null, null, null, null, null, null, null);
  }

  public static ProgressLine status(String status) {
    return new ProgressLine(null, status, null, null, null, null, null, null);
  }

  public static ProgressLine part(String id, String status, Detail detail, String progress) {
    return new ProgressLine(null, status, detail, progress, id, null, null, null);
  }

  public static ProgressLine result(Object aux) {
    return new ProgressLine(null, null, null, null, null, null, null, aux);
  }

  public static ProgressLine failed(String message, ErrorMessage detail) {
    return new ProgressLine(null, null, null, null, null, detail, message, null);
  }
}
