package io.berth.server.resource;

import io.berth.api.Event;
import io.berth.api.EventRequest;
import io.berth.api.Events;
import io.berth.api.Feed;
import io.berth.server.api.ApiVersion;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.wire.EventMessage;
import io.berth.server.wire.EventMessage.Actor;
import io.berth.server.wire.WireJson;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What happens. */
final class EventResource {
  private static final Set<String> FILTERS =
      Set.of(
          "config",
          "container",
          "daemon",
          "event",
          "image",
          "label",
          "network",
          "node",
          "plugin",
          "scope",
          "secret",
          "service",
          "type",
          "volume");
  private static final Set<String> OF_SWARMS =
      Set.of("config", "node", "plugin", "secret", "service");
  private static final byte RECORD_SEPARATOR = 0x1e;

  private final Events events;
  private final Clock clock;

  EventResource(Events events, Clock clock) {
    this.events = events;
    this.clock = clock;
  }

  void routes(Router router) {
    router.get("/events", this::follow);
  }

  private void follow(Call call) throws Exception {
    Instant now = clock.instant();
    EventRequest request = events.read();
    Optional<Instant> since = Times.parameter(call, "since", now);
    Optional<Instant> until = Times.parameter(call, "until", now);
    request.since(since.orElse(now));
    until.ifPresent(request::until);
    Filters filters = Filters.of(call, FILTERS);
    boolean none = OF_SWARMS.stream().anyMatch(filters::has);
    FILTERS.stream()
        .filter(key -> !OF_SWARMS.contains(key))
        .forEach(key -> filters.get(key).forEach(value -> request.filter(key, value)));
    String type = mediaType(call);
    boolean sequence = type.equals("application/json-seq");
    try (Feed<Event> feed = request.follow()) {
      call.exchange().onGone(feed::close);
      OutputStream out = call.exchange().stream(200, type);
      for (Optional<Event> event = feed.next(); event.isPresent(); event = feed.next()) {
        if (none) {
          continue;
        }
        if (sequence) {
          out.write(RECORD_SEPARATOR);
        }
        out.write(WireJson.line(message(event.get(), call.version())));
      }
    }
  }

  private static String mediaType(Call call) {
    String accept = call.exchange().header("Accept").orElse("");
    if (call.version().below(52)) {
      return "application/json";
    }
    if (accept.contains("application/json-seq")) {
      return "application/json-seq";
    }
    if (call.version().atLeast(53) && accept.contains("application/jsonl")) {
      return "application/jsonl";
    }
    return accept.contains("application/x-ndjson") ? "application/x-ndjson" : "application/json";
  }

  private static EventMessage message(Event event, ApiVersion version) {
    boolean legacy = version.below(52);
    boolean ofContainer = event.type().equals("container");
    boolean named = legacy && (ofContainer || event.type().equals("image"));
    long seconds = event.time().getEpochSecond();
    return new EventMessage(
        named ? event.action() : null,
        named ? event.id() : null,
        legacy && ofContainer ? event.attributes().getOrDefault("image", "") : null,
        event.type(),
        event.action(),
        new Actor(event.id(), new TreeMap<>(event.attributes())),
        "local",
        seconds,
        seconds * 1_000_000_000 + event.time().getNano());
  }
}
