package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/** An environment as a list of {@code NAME=value}. */
final class EnvList {
  private EnvList() {}

  static List<String> with(List<String> env, String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || (name + value).indexOf('\0') >= 0) {
      throw new InvalidInputException(
          "Invalid environment variable "
              + Quoted.of(name)
              + ": expected a name without '=', and no NUL in name or value");
    }
    List<String> result = new ArrayList<>();
    boolean placed = false;
    for (String variable : env) {
      if (!variable.equals(name) && !variable.startsWith(name + "=")) {
        result.add(variable);
      } else if (!placed) {
        result.add(name + "=" + value);
        placed = true;
      }
    }
    if (!placed) {
      result.add(name + "=" + value);
    }
    return result;
  }
}
