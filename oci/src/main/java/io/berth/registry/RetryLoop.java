package io.berth.registry;

import io.berth.error.BerthException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries again, with pauses, what failed for the moment. */
final class RetryLoop {
  private static final Logger LOG = LoggerFactory.getLogger(RetryLoop.class);

  private final Retries retries;

  RetryLoop(Retries retries) {
    this.retries = retries;
  }

  /** One attempt. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws IOException, Again;
  }

  /** Says that another attempt may go well. */
  static final class Again extends Exception {
    private final transient Optional<Duration> after;
    private final transient RegistryException failure;

    /**
     * @param after when the server wants the next attempt, if it says so
     * @param failure what is thrown when there is no further attempt
     */
    Again(Optional<Duration> after, RegistryException failure) {
      super(failure);
      this.after = after;
      this.failure = failure;
    }
  }

  /**
   * Runs attempts until one goes well.
   *
   * @throws RegistryException when the last one failed too
   */
  <T> T run(String what, Attempt<T> attempt) {
    for (int failures = 1; ; failures++) {
      try {
        return attempt.run();
      } catch (Again again) {
        Duration pause = again.after.orElseGet(() -> Duration.ZERO);
        if (failures >= retries.attempts() || pause.compareTo(retries.longest()) > 0) {
          throw again.failure;
        }
        Duration own = retries.pause(failures);
        pause(what, again.failure, pause.compareTo(own) > 0 ? pause : own);
      } catch (IOException e) {
        if (failures >= retries.attempts() || !isTemporary(e)) {
          throw new RegistryException("Cannot " + what + ": " + describe(e), e);
        }
        pause(what, e, retries.pause(failures));
      }
    }
  }

  /** Waits before the next attempt at something of which so many failed in a row. */
  void pause(String what, Exception why, int failures) {
    pause(what, why, retries.pause(failures));
  }

  int attempts() {
    return retries.attempts();
  }

  private static void pause(String what, Exception why, Duration pause) {
    LOG.debug("Trying again to {} in {} ms: {}", what, pause.toMillis(), why.toString());
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("Interrupted: cannot " + what, e);
    }
  }

  /** Whether it may be another time: not for a wrong name, port or certificate. */
  static boolean isTemporary(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return true;
    }
    return !(e instanceof UnknownHostException
        || e instanceof ConnectException
        || e instanceof NoRouteToHostException
        || e instanceof InterruptedIOException
        || e instanceof SSLException);
  }

  static String describe(IOException e) {
    if (e instanceof SSLException) {
      return "no secure connection ("
          + e.getMessage()
          + "); trust the registry's authority by a file in /etc/docker/certs.d/HOST[:PORT]/ca.crt"
          + " or with the engine's option registryAuthority, or declare the registry insecure";
    }
    if (e instanceof UnknownHostException) {
      String name = String.valueOf(e.getMessage()).split(":", 2)[0];
      return "the name " + name + " is not known; check it, and the network";
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return e instanceof ConnectException
        ? message + "; check the address, and the network"
        : message;
  }
}
