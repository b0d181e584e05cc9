package io.berth.dockerfile;

import java.util.Optional;

/**
 * The comments at the top of a Dockerfile that mean something.
 *
 * @param escape {@code \} or {@code `}
 * @param syntax the image of a frontend, which is not used: all of the syntax is understood
 * @param check which rules {@link Checks} applies, as {@code skip=RULE,...;error=true}
 */
record Directives(char escape, Optional<String> syntax, Optional<String> check) {
  static final Directives NONE = new Directives('\\', Optional.empty(), Optional.empty());

  String text() {
    return syntax.map(s -> "# syntax=" + s + "\n").orElse("")
        + (escape == '\\' ? "" : "# escape=" + escape + "\n")
        + check.map(c -> "# check=" + c + "\n").orElse("");
  }
}
