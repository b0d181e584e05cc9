package io.berth.server.api;

import io.berth.api.LaunchException;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.server.http.Failures;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ErrorMessage;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The status that dockerd has for an error, and its message as JSON; never a stack trace. */
public final class ErrorAnswers implements Failures {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

  @Override
  public Answer answer(Throwable failure) {
    int status = status(failure);
    if (status == 500 && !isExpected(failure)) {
      // A defect of this program: whoever runs it can find it, and a client learns no more.
      LOG.error("A request could not be answered", failure);
    }
    return new Answer(
        status, "application/json", WireJson.line(new ErrorMessage(message(failure))));
  }

  private static boolean isExpected(Throwable failure) {
    return failure instanceof BerthException
        || failure instanceof HttpError
        || failure instanceof IOException;
  }

  /** One line for the client. */
  public static String message(Throwable failure) {
    if (failure instanceof UnsupportedOperationException && failure.getMessage() == null) {
      return "Not supported by this release of Berth";
    }
    if (failure instanceof LaunchException launch && launch.exitCode() != 125) {
      return launched(launch);
    }
    if (isExpected(failure) || failure instanceof UnsupportedOperationException) {
      return failure.getMessage();
    }
    return "Internal error: " + failure.getClass().getSimpleName();
  }

  /** The docker command takes its exit code, 127 or 126, from these words. */
  private static String launched(LaunchException launch) {
    boolean missing = launch.exitCode() == 127;
    boolean path = launch.path().contains("/");
    String reason =
        missing
            ? path ? "no such file or directory" : "executable file not found in $PATH"
            : launch.errno() == Errno.EACCES ? "permission denied" : "";
    return "unable to start container process: exec: \""
        + launch.path()
        + "\": "
        + (reason.isEmpty() ? Errno.describe(launch.errno()) : reason);
  }

  public static int status(Throwable failure) {
    if (failure instanceof HttpError error) {
      return error.status();
    }
    if (failure instanceof NotFoundException) {
      return 404;
    }
    if (failure instanceof ConflictException) {
      return 409;
    }
    if (failure instanceof InvalidInputException) {
      return 400;
    }
    if (failure instanceof LaunchException launch) {
      // As dockerd: what the user named wrongly is the user's error.
      return launch.exitCode() == 125 ? 500 : 400;
    }
    return failure instanceof UnsupportedOperationException ? 501 : 500;
  }
}
