package io.berth.build;

import io.berth.dockerfile.Checks;
import io.berth.dockerfile.LintWarning;
import io.berth.error.InvalidInputException;
import io.berth.image.BuiltImage;
import io.berth.image.ConfigChanges;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The build of an image for one platform. */
final class PlatformBuild {
  private final BuildWork work;
  private final StagePlan plan;
  private final NamedContexts contexts;
  private final StepProgress progress;
  private final Checks checks;
  private StageState result;

  /**
   * @param checks which warnings are errors
   */
  PlatformBuild(
      BuildWork work,
      StagePlan plan,
      NamedContexts contexts,
      StepProgress progress,
      Checks checks) {
    this.work = work;
    this.plan = plan;
    this.contexts = contexts;
    this.progress = progress;
    this.checks = checks;
  }

  BuildWork work() {
    return work;
  }

  void run() {
    try (StageBuilder stages = new StageBuilder(work, plan, contexts, progress)) {
      result = stages.build();
      checkWarnings();
      addLabels();
      if (work.options().result().squash()) {
        squash();
      }
    }
  }

  /** What it came to, once it has run. */
  BuiltImage image() {
    return new BuiltImage(
        work.options().platform().orElseGet(result::platform),
        result.image(),
        result.sizes(),
        result.unchanged());
  }

  private void checkWarnings() {
    List<LintWarning> warnings = progress.warnings();
    if (checks.error() && !warnings.isEmpty()) {
      throw new InvalidInputException(
          "The Dockerfile has warnings, and asks for an error then (check=error=true): "
              + warnings.stream().map(LintWarning::toString).collect(Collectors.joining("; ")));
    }
  }

  private void addLabels() {
    if (work.options().result().labels().isEmpty()) {
      return;
    }
    TreeMap<String, String> labels = new TreeMap<>(work.options().result().labels());
    String text =
        "LABEL "
            + labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(" "));
    StepProgress.Running running = progress.begin(text);
    running.end(
        work.steps("")
            .configure(
                result,
                ConfigChanges.label(result.config(), work.options().result().labels()),
                text));
  }

  /** Puts one layer in place of those that this build added to the base image. */
  private void squash() {
    List<Digest> all = result.diffIds();
    int kept = result.baseLayers();
    if (all.size() - kept < 2) {
      return;
    }
    List<String> above = ChainId.all(all).stream().skip(kept).map(Digest::toString).toList();
    StepResult.Layer layer = work.steps("").layers().squash(all.subList(0, kept), above);
    result.squash(kept, layer, "merge of " + above.size() + " layers");
  }
}
