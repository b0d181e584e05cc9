package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** Reads and writes the documents of the Engine API, as forgivingly as Go does. */
public final class WireJson {
  // Never reconfigured after construction, and thread-safe then.
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(100).build())
                  .build())
          .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .withCoercionConfig(LogicalType.Textual, WireJson::onlyStrings)
          // A null in a list is nothing that a client can mean; one in a map may be.
          .withConfigOverride(
              List.class, o -> o.setSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL)))
          .build();

  private WireJson() {}

  /**
   * Learns the forms of the documents that a client's first container needs, which takes a tenth of
   * a second else when it comes.
   */
  public static void prepare() {
    for (Class<?> body : List.of(CreateBody.class, ExecBody.class, ExecStartBody.class)) {
      MAPPER.readerFor(body);
    }
    for (Class<?> answer :
        List.of(
            ContainerDetails.class, CreateResponse.class, ImageDetails.class, IdResponse.class)) {
      MAPPER.writerFor(answer);
    }
  }

  private static void onlyStrings(MutableCoercionConfig config) {
    config
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
  }

  /**
   * Reads one document.
   *
   * @throws InvalidInputException when it is not of its form
   */
  public static <T> T read(byte[] bytes, Class<T> type) {
    try {
      T value = MAPPER.readValue(bytes, type);
      if (value == null) {
        throw new InvalidInputException("invalid JSON: expected an object, found null");
      }
      return value;
    } catch (JsonMappingException e) {
      String path = e.getPathReference().replaceAll("[^\\[]*\\[\"([^\"]*)\"]", ".$1");
      throw new InvalidInputException(
          "invalid JSON: " + firstLine(e.getOriginalMessage()) + where(path), e);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("invalid JSON: " + firstLine(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new InvalidInputException("invalid JSON: not UTF-8", e);
    }
  }

  /** A part of a document that was read as a tree. */
  public static <T> T read(JsonNode node, Class<T> type) {
    return read(bytes(node), type);
  }

  /** The documents that come one after another, as they come; closes the stream at the end. */
  public static <T> MappingIterator<T> all(InputStream in, Class<T> type) throws IOException {
    return MAPPER.readerFor(type).readValues(in);
  }

  private static String where(String path) {
    return path.startsWith(".") ? " at " + path.substring(1) : "";
  }

  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("broken syntax");
    // Jackson names the Java class, which tells a client nothing.
    return line.replaceAll("`[\\w.$<>, ]*\\.(\\w+)[\\w<>., ]*`", "$1");
  }

  /** Writes one document, and a newline as Go's encoder does. */
  public static byte[] line(Object value) {
    byte[] bytes = bytes(value);
    byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
    line[bytes.length] = '\n';
    return line;
  }

  /** The document as a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + value.getClass(), e);
    }
  }
}
