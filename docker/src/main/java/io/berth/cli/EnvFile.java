package io.berth.cli;

import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Environment variables of the command line and of files, as docker reads them: {@code NAME=VALUE},
 * or {@code NAME} alone for the value in this process's environment.
 */
final class EnvFile {
  private EnvFile() {}

  static Map<String, String> read(Path file, Map<String, String> environment) throws IOException {
    return parse(Files.readAllLines(file), environment);
  }

  /** Lines that are empty or begin with {@code #} are left out; quotes have no meaning. */
  static Map<String, String> parse(List<String> lines, Map<String, String> environment) {
    Map<String, String> variables = new LinkedHashMap<>();
    int number = 0;
    for (String line : lines) {
      number++;
      String text = line.stripLeading();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String name = name(text);
      if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
        throw new InvalidInputException(
            "Invalid line "
                + number
                + " of the environment file: expected NAME=VALUE with a name without blanks, found \""
                + line
                + "\"");
      }
      value(text, environment).ifPresent(value -> variables.put(name, value));
    }
    return variables;
  }

  static String name(String variable) {
    int equals = variable.indexOf('=');
    return equals < 0 ? variable : variable.substring(0, equals);
  }

  static Optional<String> value(String variable, Map<String, String> environment) {
    int equals = variable.indexOf('=');
    return equals < 0
        ? Optional.ofNullable(environment.get(variable))
        : Optional.of(variable.substring(equals + 1));
  }
}
