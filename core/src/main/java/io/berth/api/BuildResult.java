package io.berth.api;

import io.berth.dockerfile.LintWarning;
import java.util.List;
import java.util.Optional;

/**
 * What a build came to.
 *
 * @param provenance an in-toto statement with SLSA provenance (slsa.dev/provenance/v0.2), in JSON;
 *     when {@link BuildRequest#provenance} asked for it
 * @param warnings what the Dockerfile may have wrong
 */
public record BuildResult(Image image, Optional<String> provenance, List<LintWarning> warnings) {
  public BuildResult {
    warnings = List.copyOf(warnings);
  }
}
