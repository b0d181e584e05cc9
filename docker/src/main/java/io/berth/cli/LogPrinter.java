package io.berth.cli;

import io.berth.api.Logs;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Prints log entries: what was standard error goes to standard error. */
final class LogPrinter {
  private static final DateTimeFormatter NANOS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Console console;
  private final boolean timestamps;
  private final boolean details;
  private boolean lineBegins = true;

  LogPrinter(Console console, boolean timestamps, boolean details) {
    this.console = console;
    this.timestamps = timestamps;
    this.details = details;
  }

  void print(Logs.Entry entry) {
    PrintStream out = entry.stderr() ? console.err() : console.out();
    // Long lines come in parts; only the first has the time.
    if (timestamps && lineBegins) {
      out.print(NANOS.format(entry.time()) + " ");
    }
    if (details && lineBegins) {
      out.print(entry.details() + " ");
    }
    byte[] bytes = entry.bytes();
    out.write(bytes, 0, bytes.length);
    lineBegins = bytes.length > 0 && bytes[bytes.length - 1] == (byte) 10;
    console.out().flush();
    console.err().flush();
  }
}
