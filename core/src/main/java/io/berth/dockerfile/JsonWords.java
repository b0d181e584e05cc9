package io.berth.dockerfile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The exec form: a JSON array of strings. */
final class JsonWords {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonWords() {}

  /**
   * Empty when the text is no JSON array: then it is the shell form.
   *
   * @throws IllegalArgumentException for an array with other elements than strings
   */
  static Optional<List<String>> parse(String text) {
    if (!text.startsWith("[")) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(text);
      List<String> words = new ArrayList<>();
      for (JsonNode each : node) {
        if (!each.isTextual()) {
          throw new IllegalArgumentException(
              "expected a JSON array of strings alone, found the element " + each);
        }
        words.add(each.textValue());
      }
      return Optional.of(words);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  static String print(List<String> words) {
    try {
      List<String> parts = new ArrayList<>();
      for (String word : words) {
        parts.add(JSON.writeValueAsString(word));
      }
      return "[" + String.join(", ", parts) + "]";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
