package io.berth.cli;

import io.berth.api.Logs;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Prints log entries: what was standard error goes to standard error. */
final class LogPrinter {
  private static final DateTimeFormatter NANOS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Console console;
  private final boolean timestamps;
  private boolean lineBegins = true;

  LogPrinter(Console console, boolean timestamps) {
    this.console = console;
    this.timestamps = timestamps;
  }

  void print(List<Logs.Entry> entries) {
    for (Logs.Entry entry : entries) {
      PrintStream out = entry.stderr() ? console.err() : console.out();
      // Long lines come in parts; only the first has the time.
      if (timestamps && lineBegins) {
        out.print(NANOS.format(entry.time()) + " ");
      }
      out.print(entry.text());
      lineBegins = entry.text().endsWith("\n");
    }
    console.out().flush();
    console.err().flush();
  }
}
