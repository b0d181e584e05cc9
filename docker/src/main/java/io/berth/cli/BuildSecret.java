package io.berth.cli;

import io.berth.api.BuildRequest;
import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A secret as {@code build --secret} has it: {@code id=ID}, with {@code src=FILE} or {@code
 * env=NAME}; without both, the variable or else the file of that name.
 */
record BuildSecret(String id, Optional<Path> file, Optional<String> value) {

  static BuildSecret parse(String text, Map<String, String> environment) {
    Map<String, String> fields = new HashMap<>();
    for (String field : text.split(",")) {
      Assignment parts = Assignment.of("secret", field);
      fields.put(parts.name().equals("source") ? "src" : parts.name(), parts.value());
    }
    String id = fields.getOrDefault("id", "");
    if (id.isEmpty()) {
      throw new InvalidInputException(
          "Invalid secret \"" + text + "\": expected id=ID[,src=FILE|,env=NAME]");
    }
    String variable = fields.containsKey("env") ? fields.get("env") : id;
    String value = environment.get(variable);
    boolean fromEnvironment =
        fields.containsKey("env") || !fields.containsKey("src") && value != null;
    if (fromEnvironment && value == null) {
      throw new InvalidInputException(
          "Secret " + id + ": there is no environment variable " + variable);
    }
    return fromEnvironment
        ? new BuildSecret(id, Optional.empty(), Optional.of(value))
        : new BuildSecret(
            id, Optional.of(Path.of(fields.getOrDefault("src", id))), Optional.empty());
  }

  void add(BuildRequest request) {
    file.ifPresent(path -> request.secret(id, path));
    value.ifPresent(text -> request.secret(id, text.getBytes(StandardCharsets.UTF_8)));
  }
}
