package io.berth.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.berth.api.Engine;
import io.berth.cli.template.GoTemplate;
import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Print all that is known of containers, images, networks or volumes, as JSON.",
    customSynopsis = "berth inspect [OPTIONS] NAME|ID [NAME|ID...]")
class InspectCommand extends EngineCommand {
  private static final List<String> KINDS = List.of("container", "image", "network", "volume");

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description = "json, or a template of Go")
  private String format = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "container, image, network or volume; the first that has the name by default")
  private String type = "";

  @Option(
      names = {"-s", "--size"},
      description = "As docker has it: sizes of containers are not shown")
  private boolean size;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Name or id")
  private List<String> names;

  @Override
  int run(Engine engine) {
    Views views = Views.of(engine, session().clock());
    List<JsonNode> found = new ArrayList<>();
    int code = 0;
    for (String name : names) {
      Optional<JsonNode> one = find(views, name);
      if (one.isPresent()) {
        found.add(one.get());
      } else {
        console().err().println("Error: No such " + what() + ": " + name);
        code = 1;
      }
    }
    print(found);
    return code;
  }

  /** The type that a group of commands is about; empty for any. */
  String only() {
    return type;
  }

  private String what() {
    return only().isEmpty() ? "object" : only();
  }

  private Optional<JsonNode> find(Views views, String name) {
    if (!only().isEmpty() && !KINDS.contains(only())) {
      throw new InvalidInputException(
          "\""
              + only()
              + "\" is not a valid value for --type: expected container, image, network"
              + " or volume");
    }
    return (only().isEmpty() ? KINDS : List.of(only()))
        .stream().map(kind -> views.find(kind, name)).flatMap(Optional::stream).findFirst();
  }

  private void print(List<JsonNode> found) {
    if (format.isEmpty()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      all.addAll(found);
      console().out().println(Json.toPrettyString(all));
      return;
    }
    if (format.equals("json")) {
      found.forEach(node -> console().out().println(Json.toString(node)));
      return;
    }
    GoTemplate template = GoTemplate.parse(format);
    for (JsonNode node : found) {
      console().out().println(template.render(PlainJson.of(node)));
    }
  }
}
