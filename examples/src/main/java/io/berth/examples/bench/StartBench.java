package io.berth.examples.bench;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Measures how long a container takes from its creation to its removal, running {@code true}.
 *
 * <p>Arguments: data directory, image, runs for the warm-up. Then reads numbers, one a line: does
 * so many runs and prints of each the microseconds to the exit code and to the removal, and at last
 * {@code end}.
 */
public final class StartBench {
  private StartBench() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("usage: StartBench DATA-DIRECTORY IMAGE WARM-UP");
      System.exit(2);
    }
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Engine berth = Berth.open(Path.of(args[0]))) {
      for (int i = Integer.parseInt(args[2]); i > 0; i--) {
        runMicros(berth, args[1]);
      }
      System.out.println("end");
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        for (int i = Integer.parseInt(line); i > 0; i--) {
          System.out.println(runMicros(berth, args[1]));
        }
        System.out.println("end");
      }
    }
  }

  /** Until the exit code is there, and until the container is removed. */
  private static String runMicros(Engine berth, String image) {
    long start = System.nanoTime();
    long exited;
    try (Container container = berth.containers().create(image).command("true").start()) {
      int code = container.waitForExit();
      exited = System.nanoTime();
      if (code != 0) {
        throw new IllegalStateException("the container ended with exit code " + code);
      }
    }
    return (exited - start) / 1000 + " " + (System.nanoTime() - start) / 1000;
  }
}
