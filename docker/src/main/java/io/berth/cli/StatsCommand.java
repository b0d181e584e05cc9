package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Engine;
import io.berth.api.Stats;
import io.berth.api.Stats.BlockCount;
import io.berth.api.Stats.NetworkIo;
import io.berth.error.BerthException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "stats",
    description = "Show what containers use, those that run or the ones given, every second.",
    customSynopsis = "berth stats [OPTIONS] [CONTAINER...]")
final class StatsCommand extends EngineCommand {
  private static final int PERIOD = 1000;
  private static final int SHORT_ID = 12;
  private static final String CLEAR = "\u001b[2J\u001b[H";
  private static final String NONE = "--";

  @Option(
      names = {"-a", "--all"},
      description = "Also those that do not run")
  private boolean all;

  @Option(names = "--no-stream", description = "Print one measurement and end")
  private boolean once;

  @Option(names = "--no-trunc", description = "Print whole ids")
  private boolean whole;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, table TEMPLATE, json, or a template of Go")
  private String format = "";

  @Parameters(paramLabel = "CONTAINER", description = "Name or id")
  private List<String> names = List.of();

  /** A container between two measurements; null where it does not run. */
  private record Line(Container container, Stats before, Stats now) {}

  @Override
  int run(Engine engine) {
    names.forEach(engine.containers()::get);
    Map<String, Stats> before = measure(engine);
    while (true) {
      if (!pause()) {
        return 0;
      }
      Map<String, Stats> now = measure(engine);
      print(engine, before, now);
      if (once) {
        return 0;
      }
      before = now;
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(PERIOD);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<Container> containers(Engine engine) {
    if (!names.isEmpty()) {
      return names.stream().flatMap(n -> engine.containers().find(n).stream()).toList();
    }
    return engine.containers().list().stream().filter(c -> all || running(c)).toList();
  }

  private static boolean running(Container container) {
    Status status = container.state().status();
    return status == Status.RUNNING || status == Status.PAUSED;
  }

  private Map<String, Stats> measure(Engine engine) {
    Map<String, Stats> stats = new HashMap<>();
    for (Container container : containers(engine)) {
      try {
        if (running(container)) {
          stats.put(container.id(), container.stats());
        }
      } catch (BerthException e) {
        // It has ended meanwhile.
      }
    }
    return stats;
  }

  private void print(Engine engine, Map<String, Stats> before, Map<String, Stats> now) {
    List<Line> lines = new ArrayList<>();
    for (Container container : containers(engine)) {
      Stats stats = now.get(container.id());
      lines.add(new Line(container, before.getOrDefault(container.id(), stats), stats));
    }
    // At once: the screen does not flicker.
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(screen, false, StandardCharsets.UTF_8);
    if (!once && session().onTerminal()) {
      out.print(CLEAR);
    }
    listing().print(out, format, lines);
    out.flush();
    console().out().write(screen.toByteArray(), 0, screen.size());
    console().out().flush();
  }

  private Listing<Line> listing() {
    return new Listing<Line>(
            "{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}"
                + "\t{{.PIDs}}")
        .column("Container", "CONTAINER", l -> id(l.container()))
        .column("ID", "CONTAINER ID", l -> id(l.container()))
        .column("Name", "NAME", l -> l.container().name())
        .column(
            "CPUPerc",
            "CPU %",
            l -> l.now() == null ? NONE : percent(l.now().cpu().percentSince(l.before().cpu())))
        .column(
            "MemUsage",
            "MEM USAGE / LIMIT",
            l ->
                l.now() == null
                    ? NONE + " / " + NONE
                    : HumanSize.binary(l.now().memory().used())
                        + " / "
                        + HumanSize.binary(l.now().memory().limit()))
        .column(
            "MemPerc",
            "MEM %",
            l ->
                l.now() == null || l.now().memory().limit() == 0
                    ? NONE
                    : percent(100.0 * l.now().memory().used() / l.now().memory().limit()))
        .column("NetIO", "NET I/O", l -> network(l.now()))
        .column("BlockIO", "BLOCK I/O", l -> blocks(l.now()))
        .column(
            "PIDs", "PIDS", l -> l.now() == null ? NONE : String.valueOf(l.now().pids().current()));
  }

  private String id(Container container) {
    return whole ? container.id() : container.id().substring(0, SHORT_ID);
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f%%", value);
  }

  private static String network(Stats stats) {
    return stats == null
        ? NONE + " / " + NONE
        : sum(stats, NetworkIo::rxBytes) + " / " + sum(stats, NetworkIo::txBytes);
  }

  private static String sum(Stats stats, ToLongFunction<NetworkIo> field) {
    return HumanSize.of(stats.networks().values().stream().mapToLong(field).sum());
  }

  private static String blocks(Stats stats) {
    return stats == null ? NONE + " / " + NONE : sum(stats, "read") + " / " + sum(stats, "write");
  }

  private static String sum(Stats stats, String operation) {
    return HumanSize.of(
        stats.blockIo().bytes().stream()
            .filter(b -> b.operation().equalsIgnoreCase(operation))
            .mapToLong(BlockCount::value)
            .sum());
  }
}
