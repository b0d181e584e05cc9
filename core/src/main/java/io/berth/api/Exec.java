package io.berth.api;

import java.util.Optional;
import java.util.OptionalLong;

/** A process that was started in a running container. Thread-safe. */
public interface Exec extends AutoCloseable {
  /** 64 hexadecimal digits. */
  String id();

  /** What runs. */
  ProcessSpec process();

  /** Its process id on this host, while it runs. */
  OptionalLong pid();

  /** Empty while it runs. */
  Optional<Integer> exitCode();

  /** Waits for its end, and until its output has been passed on. */
  int waitForExit();

  /** Waits for its end, or until its detach keys were typed: then empty. */
  Optional<Integer> waitForExitOrDetach();

  /** Tells its terminal its size, in characters. */
  void resize(int rows, int columns);

  /** Sends it a signal, such as {@code TERM}. */
  void kill(String signal);

  /** Hangs up; the process is killed unless it was started detached. */
  @Override
  void close();
}
