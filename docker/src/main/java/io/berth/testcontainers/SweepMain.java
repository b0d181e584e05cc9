package io.berth.testcontainers;

import io.berth.Berth;
import io.berth.api.Engine;
import java.io.IOException;
import java.nio.file.Path;

/** Removes what dead sessions have left in a data directory; a program of its own. */
final class SweepMain {
  private SweepMain() {}

  /**
   * @param args the data directory
   */
  public static void main(String[] args) throws IOException {
    try (Engine engine = Berth.open(Path.of(args[0]))) {
      Session.sweepDead(engine).forEach(System.err::println);
    }
  }
}
