package io.berth.build;

import io.berth.api.Progress;
import io.berth.dockerfile.Checks;
import io.berth.dockerfile.LintWarning;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tells a build's progress to a listener, one thread at a time, with step numbers and times. */
final class StepProgress {
  private final Progress listener;
  private final int total;
  private final Checks checks;
  private final Set<LintWarning> warnings = new LinkedHashSet<>();
  private int number;

  /**
   * @param checks which warnings are wanted
   */
  StepProgress(Progress listener, int total, Checks checks) {
    this.listener = listener;
    this.total = total;
    this.checks = checks;
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

  synchronized Running begin(String instruction) {
    number++;
    Running running = new Running(number);
    tell(new Progress.StepStarted(number, total, instruction));
    return running;
  }

  synchronized void warn(String text) {
    tell(new Progress.Warning(text));
  }

  /** Warns of something in the Dockerfile, once, when it is wanted. */
  synchronized void lint(LintWarning warning) {
    if (checks.wants(warning.rule()) && warnings.add(warning)) {
      warn(warning.toString());
    }
  }

  synchronized List<LintWarning> warnings() {
    return List.copyOf(warnings);
  }

  synchronized void tell(Progress.Event event) {
    listener.on(event);
  }
}
