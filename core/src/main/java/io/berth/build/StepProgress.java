package io.berth.build;

import io.berth.api.Progress;

/** Tells a build's progress to a listener, one thread at a time, with step numbers and times. */
final class StepProgress {
  private final Progress listener;
  private final int total;
  private int number;
  private long stepBegun;

  StepProgress(Progress listener, int total) {
    this.listener = listener;
    this.total = total;
  }

  synchronized void begin(String instruction) {
    number++;
    stepBegun = System.nanoTime();
    listener.on(new Progress.StepStarted(number, total, instruction));
  }

  synchronized void end(boolean cached) {
    listener.on(new Progress.StepFinished(number, cached, System.nanoTime() - stepBegun));
  }

  synchronized void output(boolean stderr, byte[] bytes) {
    listener.on(new Progress.StepOutput(number, stderr, bytes));
  }

  synchronized void warn(String text) {
    listener.on(new Progress.Warning(text));
  }

  /** What a pull tells, while a step waits for it. */
  synchronized void pulling(Progress.Event event) {
    listener.on(event);
  }
}
