package io.berth.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.InvalidInputException;

/**
 * Finds half surrogate pairs, which an escape can smuggle into a string: they have no UTF-8 form,
 * so the document could be read but never written again.
 */
final class Surrogates {
  private Surrogates() {}

  static void check(JsonNode node, String path) {
    if (node.isTextual()) {
      checkText(node.textValue(), path);
    } else if (node.isObject()) {
      for (var member : node.properties()) {
        checkText(member.getKey(), path);
        check(member.getValue(), JsonPath.field(path, member.getKey()));
      }
    } else {
      for (int i = 0; i < node.size(); i++) {
        check(node.get(i), JsonPath.element(path, i));
      }
    }
  }

  private static void checkText(String text, String path) {
    boolean broken =
        text.codePoints()
            .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    if (broken) {
      throw new InvalidInputException(
          path + ": expected Unicode text, found half of a surrogate pair");
    }
  }
}
