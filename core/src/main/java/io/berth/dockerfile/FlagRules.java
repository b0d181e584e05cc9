package io.berth.dockerfile;

import io.berth.dockerfile.Flags.Flag;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Which flags an instruction takes, and of what form their values are. */
final class FlagRules {
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern DURATION =
      Pattern.compile("0|((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+");

  private final String keyword;
  private final Flags flags;
  private final BiFunction<Integer, String, DockerfileSyntaxException> errors;
  private final Map<String, Kind> known = new LinkedHashMap<>();

  /** The kinds of flags: of a value, of several values, and switches. */
  private enum Kind {
    VALUE,
    VALUES,
    SWITCH
  }

  /**
   * @param errors makes an error of where it is in the instruction and what is wrong
   */
  FlagRules(
      String keyword, Flags flags, BiFunction<Integer, String, DockerfileSyntaxException> errors) {
    this.keyword = keyword;
    this.flags = flags;
    this.errors = errors;
  }

  FlagRules value(String... names) {
    return know(Kind.VALUE, names);
  }

  /** Flags that may be given several times. */
  FlagRules values(String... names) {
    return know(Kind.VALUES, names);
  }

  /** Flags that need no value. */
  FlagRules toggle(String... names) {
    return know(Kind.SWITCH, names);
  }

  private FlagRules know(Kind kind, String... names) {
    for (String name : names) {
      known.put(name, kind);
    }
    return this;
  }

  /** Refuses all flags but those, and more of them than there may be. */
  void check() {
    Set<String> seen = new HashSet<>();
    for (Flag flag : flags.all()) {
      Kind kind = known.get(flag.name());
      if (kind == null) {
        throw error(flag, "unknown flag --" + flag.name() + " of " + keyword + suggestion(flag));
      }
      checkValue(flag, kind);
      if (!seen.add(flag.name()) && kind != Kind.VALUES) {
        throw error(flag, "the flag --" + flag.name() + " is given twice");
      }
    }
  }

  private String suggestion(Flag flag) {
    if (known.isEmpty()) {
      return ": it takes none";
    }
    List<String> names = known.keySet().stream().map(name -> "--" + name).toList();
    return Suggestion.of("--" + flag.name(), names, "known are ");
  }

  private void checkValue(Flag flag, Kind kind) {
    String value = flag.value().orElse("");
    if (kind != Kind.SWITCH && value.isEmpty()
        || kind == Kind.SWITCH && flag.value().isPresent() && value.isEmpty()) {
      throw error(flag, "expected a value: --" + flag.name() + "=VALUE");
    }
    boolean truth = value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
    if (kind == Kind.SWITCH && !value.isEmpty() && !truth) {
      throw error(flag, "expected true or false for --" + flag.name() + ", found " + value);
    }
  }

  /** Refuses another value of a flag; one with variables is known only later. */
  void oneOf(String name, String... values) {
    Optional<String> value = flags.get(name);
    if (value.isPresent() && !value.get().contains("$") && !List.of(values).contains(value.get())) {
      throw errors.apply(
          flags.offset(name).orElseThrow(),
          "expected " + String.join(" or ", values) + " for --" + name + ", found " + value.get());
    }
  }

  void checkHealthOptions() {
    for (Flag flag : flags.all()) {
      boolean count = flag.name().equals("retries");
      String value = flag.value().orElse("");
      if (!(count ? COUNT : DURATION).matcher(value).matches()) {
        throw error(
            flag,
            "expected "
                + (count ? "a number such as 3" : "a time such as 30s or 1m30s")
                + " for --"
                + flag.name()
                + ", found "
                + value);
      }
    }
  }

  private DockerfileSyntaxException error(Flag flag, String message) {
    return errors.apply(flag.offset(), message);
  }
}
