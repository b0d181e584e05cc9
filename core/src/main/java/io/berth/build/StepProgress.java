package io.berth.build;

import io.berth.api.Progress;
import io.berth.dockerfile.Checks;
import io.berth.dockerfile.LintWarning;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tells a build's progress to a listener, one thread at a time, with step numbers and times. */
final class StepProgress {
  private final Shared shared;
  private final String label;

  /** What all platforms of a build have in common. */
  private static final class Shared {
    private final Progress listener;
    private final int total;
    private final Checks checks;
    private final Set<LintWarning> warnings = new LinkedHashSet<>();
    private int number;

    Shared(Progress listener, int total, Checks checks) {
      this.listener = listener;
      this.total = total;
      this.checks = checks;
    }
  }

  /**
   * @param checks which warnings are wanted
   */
  StepProgress(Progress listener, int total, Checks checks) {
    this(new Shared(listener, total, checks), "");
  }

  private StepProgress(Shared shared, String label) {
    this.shared = shared;
    this.label = label;
  }

  /** The same, with something before each instruction that tells for what it is done. */
  StepProgress labelled(String text) {
    return new StepProgress(shared, text + " ");
  }

  /** A step that runs. */
  final class Running {
    private final int number;
    private final long begun = System.nanoTime();

    private Running(int number) {
      this.number = number;
    }

    void output(boolean stderr, byte[] bytes) {
      tell(new Progress.StepOutput(number, stderr, bytes));
    }

    void end(boolean cached) {
      tell(new Progress.StepFinished(number, cached, System.nanoTime() - begun));
    }
  }

  Running begin(String instruction) {
    synchronized (shared) {
      shared.number++;
      Running running = new Running(shared.number);
      tell(new Progress.StepStarted(shared.number, shared.total, label + instruction));
      return running;
    }
  }

  void warn(String text) {
    tell(new Progress.Warning(text));
  }

  /** Warns of something in the Dockerfile, once, when it is wanted. */
  void lint(LintWarning warning) {
    synchronized (shared) {
      if (shared.checks.wants(warning.rule()) && shared.warnings.add(warning)) {
        warn(warning.toString());
      }
    }
  }

  List<LintWarning> warnings() {
    synchronized (shared) {
      return List.copyOf(shared.warnings);
    }
  }

  void tell(Progress.Event event) {
    synchronized (shared) {
      shared.listener.on(event);
    }
  }
}
