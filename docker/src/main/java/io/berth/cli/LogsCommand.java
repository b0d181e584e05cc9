package io.berth.cli;

import io.berth.api.Engine;
import io.berth.api.Feed;
import io.berth.api.LogRequest;
import io.berth.api.Logs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "logs",
    description = "Print what a container has written.",
    customSynopsis = "berth logs [OPTIONS] CONTAINER")
final class LogsCommand extends EngineCommand {
  @Option(
      names = {"-f", "--follow"},
      description = "Go on until it ends")
  private boolean follow;

  @Option(
      names = {"-t", "--timestamps"},
      description = "Show when each line was written")
  private boolean timestamps;

  @Option(names = "--details", description = "Show what --log-opt labels, env and tag add")
  private boolean details;

  @Option(
      names = {"-n", "--tail"},
      paramLabel = "LINES",
      description = "How many lines to show from the end, or all")
  private String tail = "all";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only what is not older: a time, or a duration such as 42m")
  private String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only what is not newer: a time, or a duration such as 42m")
  private String until;

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  private String name;

  @Override
  int run(Engine engine) {
    LogRequest request = engine.containers().get(name).readLogs();
    if (!tail.equals("all")) {
      // Docker takes a negative number as all.
      int lines = Numbers.integer("number of lines", tail);
      if (lines >= 0) {
        request.tail(lines);
      }
    }
    if (since != null) {
      request.since(Moment.parse(since, session().clock()));
    }
    if (until != null) {
      request.until(Moment.parse(until, session().clock()));
    }
    LogPrinter printer = new LogPrinter(console(), timestamps, details);
    try (Feed<Logs.Entry> feed = follow ? request.follow() : request.stream()) {
      feed.forEach(printer::print);
    }
    return 0;
  }
}
