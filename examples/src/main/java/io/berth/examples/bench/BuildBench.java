package io.berth.examples.bench;

import io.berth.api.BuildRequest;
import io.berth.api.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Builds what it is told to, line by line: {@code CONTEXT} with the cache, {@code -CONTEXT} without
 * it. Prints the microseconds of each, and {@code end}.
 */
final class BuildBench {
  private BuildBench() {}

  static void serve(Engine berth) throws IOException {
    System.out.println("end");
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      boolean cold = line.startsWith("-");
      Path context = Path.of(cold ? line.substring(1) : line);
      long start = System.nanoTime();
      BuildRequest request = berth.images().build(context).tag("bench-build");
      if (cold) {
        request.noCache();
      }
      request.execute();
      System.out.println((System.nanoTime() - start) / 1000);
      System.out.println("end");
    }
  }
}
