package io.berth.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** What is to be removed of that which is not used. */
final class PruneFilters {
  @Option(
      names = "--filter",
      paramLabel = "KEY=VALUE",
      description = "Only what matches: until, label or label!")
  private List<String> given = List.of();

  List<String> given() {
    return given;
  }
}
