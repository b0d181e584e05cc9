package io.berth.api;

import java.util.Optional;

/**
 * Hears of the progress of a build, step by step. Calls come from one thread at a time. A console
 * display is {@code io.berth.build.ConsoleProgress}.
 */
@FunctionalInterface
public interface Progress {

  void on(Event event);

  /** Hears nothing. */
  static Progress none() {
    return event -> {};
  }

  /** Something that happened in a build. */
  sealed interface Event {}

  /**
   * A step begins.
   *
   * @param number from 1
   * @param total how many steps the build has
   * @param instruction its text, such as {@code RUN make}
   */
  record StepStarted(int number, int total, String instruction) implements Event {}

  /** The step wrote output; text may be any part of a line. */
  record StepOutput(int number, boolean stderr, byte[] bytes) implements Event {}

  /**
   * A step is done.
   *
   * @param cached whether its result was in the cache
   * @param nanos how long it took
   */
  record StepFinished(int number, boolean cached, long nanos) implements Event {}

  /** Something that the user should know, without harm to the build. */
  record Warning(String text) implements Event {}

  /** The build is done; error is empty when it went well. */
  record Finished(Optional<String> imageId, Optional<String> error, long nanos) implements Event {}
}
