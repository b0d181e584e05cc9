package io.berth.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/** The three standard streams of a command. */
record Console(InputStream in, PrintStream out, PrintStream err) {

  void error(String message) {
    err.println("berth: " + message);
  }

  /** The same, without standard error. */
  Console quiet() {
    return new Console(in, out, new PrintStream(OutputStream.nullOutputStream()));
  }
}
