package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What went wrong.
 *
 * @param code with which a command ended, where that is what went wrong
 */
public record ErrorMessage(
    @JsonProperty("code") @JsonInclude(Include.NON_NULL) Integer code,
    @JsonProperty("message") String message) {

  public ErrorMessage(String message) {
    this(null, message);
  }
}
