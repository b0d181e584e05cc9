package io.berth.build;

import io.berth.dockerfile.LintWarning;
import io.berth.dockerfile.Location;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

/** Warns of what only the build can see, at one instruction. */
final class StepLint {
  private final Optional<Location> location;
  private final String keyword;
  private final Consumer<LintWarning> warnings;

  StepLint(Optional<Location> location, String keyword, Consumer<LintWarning> warnings) {
    this.location = location;
    this.keyword = keyword;
    this.warnings = warnings;
  }

  void undefined(String name, SortedSet<String> known) {
    String lower = name.toLowerCase(Locale.ROOT);
    String meant =
        known.stream()
            .filter(k -> k.toLowerCase(Locale.ROOT).equals(lower))
            .findFirst()
            .map(k -> "; did you mean $" + k + "?")
            .orElse("");
    warn(
        "UndefinedVar",
        keyword + " uses $" + name + ", which no ARG or ENV before it sets" + meant);
  }

  void ignoredFile(String source) {
    warn("CopyIgnoredFile", keyword + " of " + source + ", which an ignore file leaves out");
  }

  void basePlatform(String image, String found, String wanted) {
    warn(
        "InvalidBaseImagePlatform",
        "the base image " + image + " is for " + found + ", wanted was " + wanted);
  }

  private void warn(String rule, String message) {
    warnings.accept(new LintWarning(rule, message, location));
  }
}
