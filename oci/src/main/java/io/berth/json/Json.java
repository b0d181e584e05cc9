package io.berth.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.berth.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Parses and prints JSON documents (RFC 8259), strictly: UTF-8 only, no duplicate names, nothing
 * after the document, bounded size and depth.
 *
 * <pre>{@code
 * JsonReader json = Json.parse("manifest", bytes);
 * long version = json.integer("schemaVersion");
 * }</pre>
 */
public final class Json {
  /** The default limit on a document, 4 MiB: what distribution-spec asks of registries. */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  // Deep nesting costs stack in every later walk over the tree; real documents stay below ten.
  private static final int MAX_DEPTH = 100;

  // Never reconfigured after construction, and thread-safe then.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /**
   * Parses a document of at most {@link #MAX_BYTES}.
   *
   * @param what the document's name in error messages: the root of every path
   * @throws InvalidInputException when it is too large or not one JSON value
   */
  public static JsonReader parse(String what, byte[] bytes) {
    return parse(what, bytes, MAX_BYTES);
  }

  /** Parses a document of at most {@code maxBytes}. */
  public static JsonReader parse(String what, byte[] bytes, int maxBytes) {
    if (bytes.length > maxBytes) {
      throw new InvalidInputException(
          what + ": expected at most " + maxBytes + " bytes of JSON, found " + bytes.length);
    }
    String text = decode(what, bytes);
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || node.isMissingNode()) {
        throw new InvalidInputException(what + ": expected a JSON document, found nothing");
      }
      if (text.contains("\\u")) {
        Surrogates.check(node, what);
      }
      return new JsonReader(what, node);
    } catch (JsonProcessingException e) {
      throw syntaxError(what, e);
    }
  }

  /** Prints a value compactly, in UTF-8, object members in their order. */
  public static byte[] toBytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("Cannot write as JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Prints a value compactly, object members in their order. */
  public static String toString(JsonNode node) {
    return new String(toBytes(node), StandardCharsets.UTF_8);
  }

  /** Prints a value indented, for people to read. */
  public static String toPrettyString(JsonNode node) {
    return node.toPrettyString();
  }

  private static String decode(String what, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(what + ": expected UTF-8 text, found other bytes", e);
    }
  }

  private static InvalidInputException syntaxError(String what, JsonProcessingException e) {
    String path = what;
    if (e.getProcessor() instanceof JsonParser parser) {
      path = JsonPath.of(what, parser.getParsingContext());
    }
    JsonLocation at = e.getLocation();
    String where =
        at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    String reason = e.getOriginalMessage().lines().findFirst().orElse("broken syntax");
    return new InvalidInputException(
        path + ": expected valid JSON, found: " + JsonPath.shorten(reason) + where, e);
  }
}
