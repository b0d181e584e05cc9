package io.berth.api;

import java.nio.charset.StandardCharsets;

/**
 * How a process in a container ended and what it wrote.
 *
 * @param stdoutBytes all it wrote; with a terminal its errors too
 */
public record ExecResult(int exitCode, byte[] stdoutBytes, byte[] stderrBytes) {
  public ExecResult {
    stdoutBytes = stdoutBytes.clone();
    stderrBytes = stderrBytes.clone();
  }

  public String stdout() {
    return new String(stdoutBytes, StandardCharsets.UTF_8);
  }

  public String stderr() {
    return new String(stderrBytes, StandardCharsets.UTF_8);
  }
}
