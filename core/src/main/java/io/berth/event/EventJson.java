package io.berth.event;

import io.berth.api.Event;
import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The form of an event in the journal, which is that of Docker's API. */
final class EventJson {
  private static final long NANOS = 1_000_000_000;
  private static final int MAX_BYTES = 16 << 20;

  private EventJson() {}

  /** A line, with its newline. */
  static byte[] write(
      String type, String action, String id, Map<String, String> attributes, Instant time) {
    byte[] json =
        new JsonWriter()
            .put("Type", type)
            .put("Action", action)
            .put(
                "Actor",
                new JsonWriter()
                    .put("ID", id)
                    .strings("Attributes", new TreeMap<>(attributes))
                    .toNode())
            .put("scope", "local")
            .put("time", time.getEpochSecond())
            .put("timeNano", time.getEpochSecond() * NANOS + time.getNano())
            .toBytes();
    ByteArrayOutputStream line = new ByteArrayOutputStream(json.length + 1);
    for (byte b : json) {
      // No newline is within a JSON string, so those that are there only lay it out.
      if (b != '\n') {
        line.write(b);
      }
    }
    line.write('\n');
    return line.toByteArray();
  }

  /** Empty when it is no event: its writer was killed, or knew more than this engine. */
  static Optional<Event> read(byte[] line) {
    try {
      JsonReader json = Json.parse("event", line, MAX_BYTES);
      JsonReader actor = json.at("Actor");
      long nanos = json.integer("timeNano");
      return Optional.of(
          new Event(
              json.string("Type"),
              json.string("Action"),
              actor.string("ID"),
              actor.stringMap("Attributes"),
              Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS)));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }
}
