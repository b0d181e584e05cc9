package io.berth.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonReader parse(String text) {
    return Json.parse("doc", utf8(text));
  }

  static Stream<Arguments> brokenDocuments() {
    return Stream.of(
        Arguments.of("", "doc: expected a JSON document, found nothing"),
        Arguments.of("  \n", "doc: expected a JSON document, found nothing"),
        Arguments.of("{", "doc: expected valid JSON"),
        Arguments.of("{} {}", "doc: expected valid JSON"),
        Arguments.of("{}x", "doc: expected valid JSON"),
        Arguments.of("{'a':1}", "doc: expected valid JSON"),
        Arguments.of("{\"a\":1,}", "doc"),
        Arguments.of("[1,]", "doc[1]: expected valid JSON"),
        Arguments.of("{\"a\":01}", "doc.a: expected valid JSON"),
        Arguments.of("{\"a\":NaN}", "doc.a: expected valid JSON"),
        Arguments.of("{\"a\":1 /* no */}", "doc"),
        Arguments.of("\uFEFF{}", "doc: expected valid JSON"),
        Arguments.of(
            "{\"a\":{\"b\":1,\"b\":2}}",
            "doc.a.b: expected valid JSON, found: Duplicate field 'b'"),
        Arguments.of("{\"a\":[{},{\"x.y\":tru}]}", "doc.a[1][\"x.y\"]: expected valid JSON"),
        Arguments.of("{\"a\":\"\\ud800\"}", "doc.a: expected Unicode text"),
        Arguments.of("{\"\\udc00x\":1}", "doc: expected Unicode text"),
        Arguments.of("[".repeat(200) + "]".repeat(200), "expected valid JSON"));
  }

  @ParameterizedTest
  @MethodSource("brokenDocuments")
  void rejectsBrokenDocumentsAndSaysWhere(String text, String message) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void rejectsOtherEncodingsThanUtf8() {
    assertThatThrownBy(() -> Json.parse("doc", new byte[] {'"', (byte) 0xff, '"'}))
        .hasMessage("doc: expected UTF-8 text, found other bytes");
    assertThatThrownBy(() -> Json.parse("doc", "{}".getBytes(StandardCharsets.UTF_16LE)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void rejectsTooLargeDocuments() {
    byte[] large = utf8("\"" + "x".repeat(Json.MAX_BYTES) + "\"");

    assertThatThrownBy(() -> Json.parse("doc", large))
        .hasMessage("doc: expected at most 4194304 bytes of JSON, found 4194306");
    assertThat(Json.parse("doc", large, large.length).string()).hasSize(Json.MAX_BYTES);
  }

  static Stream<Arguments> wrongValues() {
    return Stream.of(
        wrong("{}", j -> j.string("a"), "doc.a: expected a string, found nothing"),
        wrong("{\"a\":null}", j -> j.string("a"), "doc.a: expected a string, found null"),
        wrong("{\"a\":5}", j -> j.string("a"), "doc.a: expected a string, found 5"),
        wrong("{\"a\":5}", j -> j.optionalString("a"), "doc.a: expected a string, found 5"),
        wrong("{\"a\":\"5\"}", j -> j.integer("a"), "doc.a: expected an integer, found \"5\""),
        wrong("{\"a\":5.0}", j -> j.integer("a"), "doc.a: expected an integer, found 5.0"),
        wrong("{\"a\":1e3}", j -> j.integer("a"), "doc.a: expected an integer"),
        wrong("{\"a\":9223372036854775808}", j -> j.integer("a"), "doc.a: expected an integer"),
        wrong(
            "{\"a\":-1}",
            j -> j.at("a").integer(0, Long.MAX_VALUE),
            "doc.a: expected an integer of at least 0, found -1"),
        wrong("{\"a\":7}", j -> j.at("a").integer(1, 5), "doc.a: expected 1 to 5, found 7"),
        wrong("{\"a\":7}", j -> j.at("a").integer(2, 2), "doc.a: expected 2, found 7"),
        wrong(
            "{\"a\":\"true\"}", j -> j.flag("a"), "doc.a: expected true or false, found \"true\""),
        wrong("{\"a\":{}}", j -> j.strings("a"), "doc.a: expected an array, found an object"),
        wrong(
            "{\"a\":[\"x\",null]}", j -> j.strings("a"), "doc.a[1]: expected a string, found null"),
        wrong("{\"a\":[]}", j -> j.stringMap("a"), "doc.a: expected an object, found an array"),
        wrong(
            "{\"a\":{\"k.l\":1}}",
            j -> j.stringMap("a"),
            "doc.a[\"k.l\"]: expected a string, found 1"),
        wrong("[]", j -> j.at("a"), "doc: expected an object, found an array"),
        wrong(
            "{\"a\":\"noon\"}",
            j -> j.optionalInstant("a"),
            "doc.a: expected a time such as 2024-01-31T12:00:00Z, found \"noon\""),
        wrong(
            "{\"a\":1,\"b\":2}",
            j -> j.onlyFields(Set.of("a")),
            "doc.b: expected no such field, found one; known are a"),
        wrong("{\"a\":\"x\\n\\u001b[31m\"}", j -> j.integer("a"), "found \"x\\u000a\\u001b[31m\""));
  }

  private static Arguments wrong(String text, Function<JsonReader, ?> read, String message) {
    return Arguments.of(text, read, message);
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void rejectsWrongValuesAndNamesThePath(
      String text, Function<JsonReader, ?> read, String message) {
    JsonReader json = parse(text);

    assertThatThrownBy(() -> read.apply(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-01-31T12:00Z",
        "2024-01-31",
        "2024-01-31T12:00:00",
        "2024-02-30T12:00:00Z",
        "+12024-01-31T12:00:00Z",
        "2024-01-31T12:00:00.1234567890Z",
        ""
      })
  void rejectsTimesInOtherForms(String time) {
    JsonReader json = parse("{\"t\":\"" + time + "\"}");

    assertThatThrownBy(() -> json.at("t").instant())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("doc.t: expected a time such as");
  }

  @Test
  void hugeExponentsCostNothing() {
    JsonReader json = parse("{\"a\":1e999999999}");

    UnknownFields unknown = json.unknownFields(Set.of());

    assertThatThrownBy(() -> json.integer("a")).isInstanceOf(InvalidInputException.class);
    assertThat(unknown).isEqualTo(parse("{\"a\":1e999999999}").unknownFields(Set.of()));
    assertThat(unknown).hasToString("{\"a\":1E+999999999}");
  }

  @Test
  void readsValues() {
    JsonReader json =
        parse(
            "{\"s\":\"é\\ud83d\\ude00\",\"n\":-9223372036854775808,\"b\":true,"
                + "\"t\":\"2024-01-31T12:00:00.5+02:00\",\"l\":[\"y\",\"x\"],\"m\":{\"b\":\"2\",\"a\":\"1\"},\"z\":null}");

    assertThat(json.string("s")).isEqualTo("é😀");
    assertThat(json.integer("n")).isEqualTo(Long.MIN_VALUE);
    assertThat(json.flag("b")).isTrue();
    assertThat(json.flag("absent")).isFalse();
    assertThat(json.optionalInstant("t")).contains(Instant.parse("2024-01-31T10:00:00.5Z"));
    assertThat(json.strings("l")).containsExactly("y", "x");
    assertThat(json.stringMap("m").keySet()).containsExactly("a", "b");
    assertThat(json.optionalString("z")).isEmpty();
    assertThat(json.optionalInteger("z")).isEmpty();
    assertThat(json.strings("z")).isEmpty();
    assertThat(json.stringMap("absent")).isEmpty();
  }

  @Test
  void aParsersErrorGetsThePath() {
    JsonReader json = parse("{\"l\":[\"x\"]}").at("l").elements().get(0);

    assertThatThrownBy(() -> json.as("a number", Integer::parseInt))
        .hasMessage("doc.l[0]: expected a number, found \"x\" (For input string: \"x\")");
  }

  @Test
  void writesWhatIsThereInOrderAndMapsSorted() {
    byte[] bytes =
        new JsonWriter()
            .put("z", "1")
            .put("none", Optional.empty())
            .put("time", Optional.of(Instant.EPOCH))
            .put("count", Optional.of(3))
            .put("yes", Optional.of(true))
            .flag("no", false)
            .strings("empty", List.of())
            .strings("list", List.of("b", "a"))
            .fullList("full", List.<String>of(), s -> new JsonWriter().toNode())
            .strings("map", Map.of("y", "1", "x", "2"))
            .set("set", List.of("q", "p"))
            .put("a", 5)
            .toBytes();

    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"z\":\"1\",\"time\":\"1970-01-01T00:00:00Z\",\"count\":3,\"yes\":true,"
                + "\"list\":[\"b\",\"a\"],\"full\":[],\"map\":{\"x\":\"2\",\"y\":\"1\"},"
                + "\"set\":{\"p\":{},\"q\":{}},\"a\":5}");
  }

  @Test
  void unknownFieldsAreCarriedWithTheirExactNumbers() {
    UnknownFields unknown =
        parse("{\"known\":1,\"x\":{\"n\":1.10},\"big\":123456789012345678901234567890}")
            .unknownFields(Set.of("known"));

    String written = Json.toString(new JsonWriter().put("known", 2).unknown(unknown).toNode());

    assertThat(unknown.names()).containsExactly("big", "x");
    assertThat(written)
        .isEqualTo("{\"known\":2,\"big\":123456789012345678901234567890,\"x\":{\"n\":1.10}}");
    assertThat(parse("{\"a\":1}").unknownFields(Set.of("a"))).isEqualTo(UnknownFields.NONE);
  }

  @Test
  void handedOutNodesAreCopies() {
    JsonReader json = parse("{\"a\":{\"b\":1}}");

    ((ObjectNode) json.at("a").node()).removeAll();

    assertThat(json.at("a").integer("b")).isEqualTo(1);
  }
}
