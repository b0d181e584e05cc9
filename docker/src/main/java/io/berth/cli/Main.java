package io.berth.cli;

import io.berth.Berth;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;

/** Runs the {@code berth} command in a JVM of its own. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    // Users of the command read errors, not the library's log.
    if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    }
    // The standard streams would take their encoding from the locale, which may be plain ASCII.
    Console console =
        new Console(System.in, stream(FileDescriptor.out), stream(FileDescriptor.err));
    Session session =
        new Session(
            console,
            root -> root.map(Berth::open).orElseGet(Berth::open),
            Clock.systemUTC(),
            System.getenv(),
            true);
    int code = new Cli(session).run(args);
    // The reader of standard input may be blocked in a read; only exit ends it.
    System.exit(code);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
