package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/** How a container ended. */
public record WaitResult(@JsonInclude(Include.NON_NULL) WaitError error, long statusCode) {

  /** Why it is not known. */
  public record WaitError(String message) {}
}
