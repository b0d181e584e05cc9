package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.oci.History;
import io.berth.text.HumanDuration;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "history",
    description = "List the steps that an image was made with, the newest first.",
    customSynopsis = "berth history [OPTIONS] IMAGE")
final class HistoryCommand extends EngineCommand {
  private static final int SHORT_COMMAND = 45;
  private static final String MISSING = "<missing>";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  @Option(names = "--no-trunc", description = "Print whole commands and ids")
  private boolean whole;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print ids only")
  private boolean quiet;

  @Option(
      names = {"-H", "--human"},
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Sizes and dates for people (true)")
  private boolean human = true;

  @Parameters(paramLabel = "IMAGE", description = "Name or id")
  private String name;

  /** The id is that of the image for its last step, as docker has it. */
  private record Step(String id, History history, long size) {}

  @Override
  int run(Engine engine) {
    Image image = engine.images().get(name);
    List<History> history = new ArrayList<>(image.config().history());
    Collections.reverse(history);
    List<Long> sizes = new ArrayList<>(image.layerSizes());
    Collections.reverse(sizes);
    List<Step> steps = new ArrayList<>();
    int layer = 0;
    for (History step : history) {
      String id = !steps.isEmpty() ? MISSING : whole ? image.id().toString() : image.shortId();
      boolean empty = step.emptyLayer() || layer >= sizes.size();
      steps.add(new Step(id, step, empty ? 0 : sizes.get(layer++)));
    }
    if (quiet) {
      steps.forEach(step -> console().out().println(step.id()));
      return 0;
    }
    new Listing<Step>("{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}")
        .column("ID", "IMAGE", Step::id)
        .column("CreatedSince", "CREATED", this::age)
        .column("CreatedAt", "CREATED AT", HistoryCommand::date)
        .column("CreatedBy", "CREATED BY", this::command)
        .column("Size", "SIZE", this::size)
        .column("Comment", "COMMENT", step -> step.history().comment().orElse(""))
        .print(console().out(), format, steps);
    return 0;
  }

  private String age(Step step) {
    return step.history()
        .created()
        .map(
            created ->
                human
                    ? HumanDuration.of(Duration.between(created, session().clock().instant()))
                        + " ago"
                    : date(step))
        .orElse("N/A");
  }

  private static String date(Step step) {
    return step.history()
        .created()
        .map(created -> created.truncatedTo(ChronoUnit.SECONDS).toString())
        .orElse("");
  }

  private String command(Step step) {
    String text = step.history().createdBy().orElse("").replace('\t', ' ');
    return whole ? text : Text.ellipsis(text, SHORT_COMMAND);
  }

  private String size(Step step) {
    return human ? HumanSize.of(step.size()) : String.valueOf(step.size());
  }
}
