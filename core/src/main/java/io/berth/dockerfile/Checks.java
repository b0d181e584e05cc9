package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which warnings are wanted, as the directive {@code # check=skip=RULE,RULE;error=true} says.
 *
 * @param skipped names of rules, or {@code all}
 * @param experimental names of rules that are off unless they are named, or {@code all}
 * @param error whether warnings fail the build
 */
public record Checks(Set<String> skipped, Set<String> experimental, boolean error) {
  private static final Set<String> OFF_BY_DEFAULT =
      Set.of("CopyIgnoredFile", "InvalidDefinitionDescription");
  private static final String ALL = "all";

  public Checks {
    skipped = Set.copyOf(skipped);
    experimental = Set.copyOf(experimental);
  }

  /** All rules that are not experimental, without errors. */
  public static Checks defaults() {
    return new Checks(Set.of(), Set.of(), false);
  }

  /**
   * Reads a directive's value.
   *
   * @throws InvalidInputException for another option than skip, experimental and error
   */
  public static Checks parse(String text) {
    Set<String> skipped = Set.of();
    Set<String> experimental = Set.of();
    boolean error = false;
    for (String part : text.isBlank() ? List.<String>of() : List.of(text.split(";"))) {
      int equals = part.indexOf('=');
      String name = equals < 0 ? part.strip() : part.substring(0, equals).strip();
      String value = equals < 0 ? "" : part.substring(equals + 1).strip();
      switch (equals < 0 ? "" : name) {
        case "skip" -> skipped = names(value);
        case "experimental" -> experimental = names(value);
        case "error" -> error = bool(value);
        default ->
            throw new InvalidInputException(
                "expected skip=RULES, experimental=RULES or error=true for check, found " + part);
      }
    }
    return new Checks(skipped, experimental, error);
  }

  private static Set<String> names(String value) {
    return Arrays.stream(value.split(","))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  private static boolean bool(String value) {
    if (!List.of("true", "false", "1", "0").contains(value)) {
      throw new InvalidInputException("expected error=true or error=false, found error=" + value);
    }
    return value.equals("true") || value.equals("1");
  }

  /** Whether a rule's warnings are wanted. */
  public boolean wants(String rule) {
    boolean off = OFF_BY_DEFAULT.contains(rule) && !contains(experimental, rule);
    return !off && !contains(skipped, rule);
  }

  /** The warnings that are wanted. */
  public List<LintWarning> filter(Collection<LintWarning> warnings) {
    return warnings.stream().filter(w -> wants(w.rule())).toList();
  }

  private static boolean contains(Set<String> names, String rule) {
    return names.contains(ALL) || names.stream().anyMatch(rule::equalsIgnoreCase);
  }
}
