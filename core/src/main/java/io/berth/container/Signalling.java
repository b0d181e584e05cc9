package io.berth.container;

import io.berth.api.ContainerState.Status;
import io.berth.error.ConflictException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Sends signals to a container, those that end it among them. */
final class Signalling {
  private final ContainerRecord record;
  private final Life life;
  private final Line line;
  private final Freezer freezer;
  private final DefaultContainers owner;

  /**
   * @param owner who writes to the journal
   */
  Signalling(
      ContainerRecord record, Life life, Line line, Freezer freezer, DefaultContainers owner) {
    this.record = record;
    this.life = life;
    this.line = line;
    this.freezer = freezer;
    this.owner = owner;
  }

  /** Asks it to end, and has it killed when it has not by then. */
  void stop(Duration timeout) {
    freezer.thaw();
    int signal = stopSignal();
    report(signal);
    line.monitor().ifPresent(m -> m.stop(signal, Optional.of(timeout)));
  }

  void kill(String signal) {
    int number = Signals.parse(signal);
    if (life.status() != Status.RUNNING || !send(number)) {
      throw new ConflictException(
          "Cannot send a signal to container " + record.name() + ": it is not running");
    }
  }

  /** False when nothing was there to be sent it. */
  boolean send(int number) {
    // Those two are meant to end it, so it is not started again.
    report(number);
    boolean end = number == Signals.KILL || number == stopSignal();
    boolean sent =
        line.monitor()
            .map(m -> end ? m.stop(number, Optional.empty()) : m.signal(number))
            .orElse(false);
    if (sent && number == Signals.KILL) {
      freezer.thaw();
    }
    return sent;
  }

  private int stopSignal() {
    return Signals.parse(record.config().spec().stopSignal());
  }

  private void report(int signal) {
    owner.event(record.config(), "kill", Map.of("signal", Integer.toString(signal)));
  }
}
