package io.berth.server.buildkit;

import io.berth.dockerfile.LintWarning;
import io.berth.dockerfile.Location;
import io.berth.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The answer to {@code docker build --check}: what a Dockerfile's text may have wrong. */
final class LintResult {
  static final String REQUEST = "frontend.lint";

  private final SourceText source;
  private final List<LintWarning> warnings;

  LintResult(SourceText source, List<LintWarning> warnings) {
    this.source = source;
    this.warnings = List.copyOf(warnings);
  }

  /** As BuildKit's lint subrequest (version 1.0.0) gives it. */
  Map<String, byte[]> metadata() {
    byte[] json =
        new JsonWriter()
            .fullList("warnings", warnings, w -> warning(w).toNode())
            .fullList("sources", List.of(source.info()), JsonWriter::toNode)
            .toBytes();
    StringBuilder text = new StringBuilder();
    warnings.forEach(w -> text.append("\nWARNING: ").append(w).append('\n'));
    return Map.of(
        "result.json",
        json,
        "result.txt",
        text.toString().getBytes(StandardCharsets.UTF_8),
        "result.statuscode",
        (warnings.isEmpty() ? "0" : "1").getBytes(StandardCharsets.US_ASCII),
        "version",
        "1.0.0".getBytes(StandardCharsets.US_ASCII));
  }

  private static JsonWriter warning(LintWarning warning) {
    Optional<Location> at = warning.location();
    JsonWriter location =
        new JsonWriter()
            .list(
                "ranges",
                List.of(
                    SourceText.range(
                        at.map(Location::firstLine).orElse(1),
                        at.map(Location::lastLine).orElse(1))),
                JsonWriter::toNode);
    return new JsonWriter()
        .put("ruleName", warning.rule())
        .put("detail", warning.message())
        .put("location", location.toNode());
  }
}
