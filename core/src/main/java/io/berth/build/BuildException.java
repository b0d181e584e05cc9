package io.berth.build;

import io.berth.error.BerthException;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A build failed at one instruction of its Dockerfile.
 *
 * <pre>
 * Dockerfile:3: RUN make: the command exited with code 2. Its output is above; ...
 * </pre>
 */
public class BuildException extends BerthException {
  private final String file;
  private final int line;
  private final String instruction;
  private final OptionalInt exitCode;

  /**
   * @param file the Dockerfile, as it is shown to people
   * @param line of the instruction, from 1; 0 when it is not from a file
   * @param instruction its text
   * @param problem what was found, and what to do
   */
  public BuildException(
      String file,
      int line,
      String instruction,
      String problem,
      OptionalInt exitCode,
      Throwable cause) {
    super(file + (line > 0 ? ":" + line : "") + ": " + instruction + ": " + problem, cause);
    this.file = Objects.requireNonNull(file, "file");
    this.line = line;
    this.instruction = Objects.requireNonNull(instruction, "instruction");
    this.exitCode = exitCode;
  }

  /** The Dockerfile. */
  public String file() {
    return file;
  }

  /** The line where the instruction begins, from 1; 0 when it is not from a file. */
  public int line() {
    return line;
  }

  /** The instruction's text. */
  public String instruction() {
    return instruction;
  }

  /** How the command of a RUN step ended, when that is what failed. */
  public OptionalInt exitCode() {
    return exitCode;
  }
}
