package io.berth.remote.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Event;
import io.berth.api.EventRequest;
import io.berth.api.Events;
import io.berth.api.Feed;
import io.berth.error.InvalidInputException;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.JsonFeed;
import io.berth.remote.call.StreamFeed;
import io.berth.server.wire.EventMessage;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What happens on a remote engine; dockerd keeps the last 256 events, until it ends. */
public final class EventsClient implements Events {
  private static final Set<String> KEYS =
      Set.of(
          "container", "image", "network", "volume", "type", "event", "label", "daemon", "scope");

  private final Api api;

  public EventsClient(Api api) {
    this.api = api;
  }

  @Override
  public EventRequest read() {
    return new Request();
  }

  private final class Request implements EventRequest {
    private final Map<String, List<String>> filters = new LinkedHashMap<>();
    private Optional<Instant> since = Optional.empty();
    private Optional<Instant> until = Optional.empty();

    @Override
    public EventRequest since(Instant time) {
      since = Optional.of(time);
      return this;
    }

    @Override
    public EventRequest until(Instant time) {
      until = Optional.of(time);
      return this;
    }

    @Override
    public EventRequest filter(String key, String value) {
      if (!KEYS.contains(key)) {
        throw new InvalidInputException(
            "Invalid filter of events \"" + key + "\": expected one of " + KEYS);
      }
      filters.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
      return this;
    }

    @Override
    public List<Event> list() {
      Instant now = now();
      List<Event> all = new ArrayList<>();
      try (StreamFeed.Source<Event> source =
          source(
              since.orElse(Instant.ofEpochSecond(1)),
              Optional.of(until.filter(now::isAfter).orElse(now)))) {
        for (Optional<Event> e = source.next(); e.isPresent(); e = source.next()) {
          all.add(e.get());
        }
      }
      return all;
    }

    @Override
    public Feed<Event> follow() {
      // From now by the engine's own clock: what happens before it listens comes along.
      Instant from = since.orElseGet(() -> until.isPresent() ? Instant.ofEpochSecond(1) : now());
      return new StreamFeed<>("events", source(from, until));
    }

    private StreamFeed.Source<Event> source(Instant from, Optional<Instant> to) {
      Call call =
          api.get("/events")
              .query("since", seconds(from))
              .query("until", to.map(EventsClient::seconds))
              .filters(filters);
      return new JsonFeed<>(api, call.open(), EventMessage.class, m -> Optional.of(event(m)));
    }
  }

  private static String seconds(Instant time) {
    return String.format("%d.%09d", time.getEpochSecond(), time.getNano());
  }

  /** What the engine's clock says. */
  private Instant now() {
    JsonNode time = api.get("/info").tree().path("SystemTime");
    return OffsetDateTime.parse(time.asText()).toInstant();
  }

  private static Event event(EventMessage message) {
    long nanos = message.timeNano();
    Map<String, String> attributes = message.actor().attributes();
    return new Event(
        message.type(),
        message.action(),
        message.actor().id(),
        attributes == null ? Map.of() : attributes,
        Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000));
  }
}
