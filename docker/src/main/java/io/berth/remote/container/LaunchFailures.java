package io.berth.remote.container;

import io.berth.api.LaunchException;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.NotFoundException;
import io.berth.error.UnreachableException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells from an engine's words why a process could not be started. */
final class LaunchFailures {
  private static final Pattern PROGRAM = Pattern.compile("exec: \"([^\"]*)\"");
  private static final Pattern BEGINNING =
      Pattern.compile("(?s)(OCI runtime exec failed|exec failed|(failed|unable) to start)\\b.*");

  private LaunchFailures() {}

  /** What the embedded engine throws when a container cannot be started. */
  static BerthException of(BerthException told) {
    boolean other =
        told instanceof NotFoundException
            || told instanceof ConflictException
            || told instanceof UnreachableException;
    if (other) {
      return told;
    }
    String message = told.getMessage();
    boolean taken =
        message.contains("port is already allocated") || message.contains("address already in use");
    return taken ? new ConflictException(message, told) : launch(message);
  }

  /** What an engine wrote to the output of a process that was never there. */
  static Optional<LaunchException> inOutput(int exitCode, String output) {
    boolean failed =
        (exitCode == 126 || exitCode == 127) && BEGINNING.matcher(output.strip()).matches();
    return failed ? Optional.of(launch(output.strip())) : Optional.empty();
  }

  private static LaunchException launch(String message) {
    Matcher program = PROGRAM.matcher(message);
    return program.find()
        ? new LaunchException(message, "exec", program.group(1), errno(message))
        : new LaunchException(message, "start", "", errno(message));
  }

  private static int errno(String message) {
    if (message.contains("no such file or directory") || message.contains("not found in $PATH")) {
      return Errno.ENOENT;
    }
    if (message.contains("exec format error")) {
      return Errno.ENOEXEC;
    }
    return message.contains("permission denied") || message.contains("is a directory")
        ? Errno.EACCES
        : Errno.EIO;
  }
}
