package io.berth.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * A process to run in a container that runs; made by {@link Container#exec}. It has the container's
 * environment, user and working directory unless others are given. Not thread-safe.
 */
public interface ExecRequest {
  ExecRequest env(String name, String value);

  default ExecRequest env(Map<String, String> values) {
    values.forEach(this::env);
    return this;
  }

  ExecRequest user(String user);

  ExecRequest workdir(String path);

  /** With a terminal rather than pipes. */
  ExecRequest tty(boolean tty);

  /** With every capability. */
  ExecRequest privileged(boolean privileged);

  /** What its standard input reads; it ends when the stream ends. None by default. */
  ExecRequest stdin(InputStream in);

  /** Where its output goes as it comes. */
  ExecRequest output(OutputStream stdout, OutputStream stderr);

  /**
   * Keys that disconnect these streams, as in {@link AttachRequest#detachKeys}; the process goes
   * on.
   */
  ExecRequest detachKeys(String keys);

  /** Whether it goes on when this engine closes; it does not by default. */
  ExecRequest detached(boolean detached);

  /**
   * Starts it and returns once its program has been executed.
   *
   * @throws io.berth.error.ConflictException when the container does not run, or is paused
   * @throws LaunchException when it could not be started
   */
  Exec start();

  /** Runs it to its end and keeps what it writes, up to 64 MiB. */
  ExecResult execute();
}
