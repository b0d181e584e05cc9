package io.berth.dockerfile;

import java.util.Optional;

/**
 * Something in a Dockerfile that is allowed, and most often a mistake. Rules are named as
 * BuildKit's build checks are (docs.docker.com/reference/build-checks).
 *
 * @param rule such as {@code UndefinedVar}
 * @param message what was found
 */
public record LintWarning(String rule, String message, Optional<Location> location) {
  /** One line, such as {@code Dockerfile:3: UndefinedVar: ...}. */
  @Override
  public String toString() {
    return location.map(l -> l + ": ").orElse("") + rule + ": " + message;
  }
}
