package io.berth.api;

import java.util.Optional;

/**
 * Hears of the progress of a build, step by step, and of images on their way in and out, layer by
 * layer. Calls come from one thread at a time. A console display is {@code
 * io.berth.build.ConsoleProgress}.
 */
@FunctionalInterface
public interface Progress {

  void on(Event event);

  /** Hears nothing. */
  static Progress none() {
    return event -> {};
  }

  /** Something that happened in a build, a pull, a push, a load or a save. */
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

  /**
   * A layer on its way, as Docker's clients show it.
   *
   * @param layer the first twelve digits of its digest
   * @param status what happens to it
   * @param current how many bytes are done, 0 when that does not apply
   * @param total how many bytes there are, 0 when that is not known
   */
  record Layer(String layer, LayerStatus status, long current, long total) implements Event {}

  /** A line about the whole image, such as {@code Digest: sha256:…}. */
  record Message(String text) implements Event {}

  /** What happens to a layer, with Docker's words for it. */
  enum LayerStatus {
    PULLING("Pulling fs layer"),
    WAITING("Waiting"),
    DOWNLOADING("Downloading"),
    DOWNLOADED("Download complete"),
    EXTRACTING("Extracting"),
    PULLED("Pull complete"),
    LOADING("Loading layer"),
    EXISTS("Already exists"),
    PREPARING("Preparing"),
    PUSHING("Pushing"),
    PUSHED("Pushed"),
    ON_REGISTRY("Layer already exists"),
    MOUNTED("Mounted from another repository");

    private final String text;

    LayerStatus(String text) {
      this.text = text;
    }

    /** Docker's words. */
    public String text() {
      return text;
    }

    /** Whether nothing more will happen to the layer. */
    public boolean isLast() {
      return switch (this) {
        case PULLED, EXISTS, PUSHED, ON_REGISTRY, MOUNTED -> true;
        default -> false;
      };
    }
  }
}
