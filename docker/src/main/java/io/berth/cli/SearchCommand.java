package io.berth.cli;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.registry.SearchResult;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "search",
    description = "Find repositories, on Docker Hub or as HOST[:PORT]/TERM on another registry.",
    customSynopsis = "berth search [OPTIONS] TERM")
final class SearchCommand extends EngineCommand {
  private static final int SHORT_DESCRIPTION = 45;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "KEY=VALUE",
      description = "is-official=true|false or stars=NUMBER")
  private List<String> filters = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  @Option(names = "--limit", paramLabel = "NUMBER", description = "How many at most (25)")
  private int limit = 25;

  @Option(names = "--no-trunc", description = "Print whole descriptions")
  private boolean whole;

  @Parameters(paramLabel = "TERM", description = "What to look for")
  private String term;

  @Override
  int run(Engine engine) {
    Predicate<SearchResult> wanted =
        filters.stream().map(SearchCommand::filter).reduce(r -> true, Predicate::and);
    List<SearchResult> found = engine.images().search(term, limit).stream().filter(wanted).toList();
    new Listing<SearchResult>("{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}")
        .column("Name", "NAME", SearchResult::name)
        .column("Description", "DESCRIPTION", this::description)
        .column("StarCount", "STARS", r -> String.valueOf(r.stars()))
        .column("IsOfficial", "OFFICIAL", r -> r.official() ? "[OK]" : "")
        .column("IsAutomated", "AUTOMATED", r -> "")
        .print(console().out(), format, found);
    return 0;
  }

  private String description(SearchResult result) {
    String line = result.description().replaceAll("\\R", " ");
    return whole ? line : Text.ellipsis(line, SHORT_DESCRIPTION);
  }

  private static Predicate<SearchResult> filter(String text) {
    Assignment parts = Assignment.of("filter", text);
    return switch (parts.name()) {
      case "is-official" -> r -> r.official() == Boolean.parseBoolean(parts.value());
      case "is-automated" -> r -> !Boolean.parseBoolean(parts.value());
      case "stars" -> {
        int least = Numbers.integer("filter stars", parts.value());
        yield r -> r.stars() >= least;
      }
      default -> throw new InvalidInputException("invalid filter '" + parts.name() + "'");
    };
  }
}
