package io.berth.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.api.Engine;
import io.berth.api.Event;
import io.berth.api.EventRequest;
import io.berth.api.Feed;
import io.berth.cli.template.GoTemplate;
import io.berth.json.Json;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "events",
    description = "Print what happens to containers, images, networks and volumes, as it happens.",
    customSynopsis = "berth events [OPTIONS]")
final class EventsCommand extends EngineCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSxxx");

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description = "Only what matches, as type=container or event=die")
  private List<String> filters = List.of();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Begin with what has happened since")
  private String since;

  @Option(names = "--until", paramLabel = "TIME", description = "End then")
  private String until;

  @Option(names = "--format", paramLabel = "TEMPLATE", description = "json, or a template of Go")
  private String format = "";

  @Override
  int run(Engine engine) {
    EventRequest request = engine.events().read();
    for (String filter : filters) {
      Assignment parts = Assignment.of("filter", filter);
      request.filter(parts.name(), parts.value());
    }
    if (since != null) {
      request.since(Moment.parse(since, session().clock()));
    }
    if (until != null) {
      request.until(Moment.parse(until, session().clock()));
    }
    try (Feed<Event> feed = request.follow()) {
      feed.forEach(event -> console().out().println(text(event)));
    }
    return 0;
  }

  private String text(Event event) {
    if (format.equals("json")) {
      return Json.toString(json(event));
    }
    if (!format.isEmpty()) {
      return GoTemplate.parse(format).render(values(event));
    }
    String attributes =
        new TreeMap<>(event.attributes())
            .entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(", "));
    return TIME.format(event.time().atZone(ZoneId.systemDefault()))
        + " "
        + event.type()
        + " "
        + event.action()
        + " "
        + event.id()
        + (attributes.isEmpty() ? "" : " (" + attributes + ")");
  }

  private static long nanos(Event event) {
    return event.time().getEpochSecond() * 1_000_000_000L + event.time().getNano();
  }

  private static Map<String, Object> values(Event event) {
    return Map.of(
        "Type", event.type(),
        "Action", event.action(),
        "Status", event.action(),
        "ID", event.id(),
        "Actor", Map.of("ID", event.id(), "Attributes", event.attributes()),
        "Scope", "local",
        "Time", event.time().getEpochSecond(),
        "TimeNano", nanos(event));
  }

  private static ObjectNode json(Event event) {
    ObjectNode actor = JsonNodeFactory.instance.objectNode();
    actor.put("ID", event.id());
    ObjectNode attributes = actor.putObject("Attributes");
    new TreeMap<>(event.attributes()).forEach(attributes::put);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("Type", event.type());
    json.put("Action", event.action());
    json.set("Actor", actor);
    json.put("scope", "local");
    json.put("time", event.time().getEpochSecond());
    json.put("timeNano", nanos(event));
    return json;
  }
}
