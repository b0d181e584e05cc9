package io.berth.examples.bench;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What script/bench measures in a warm JVM.
 *
 * <p>Arguments: what to measure ({@code start}, {@code network}, {@code exec}, {@code load}, {@code
 * save} or {@code build}), data directory, image or archive, runs for the warm-up. Then reads
 * numbers, one a line: does so many runs and prints for each its microseconds, and at last {@code
 * end}.
 */
public final class Bench {
  private Bench() {}

  /** One thing to measure; gives the microseconds of one run, as one or more numbers. */
  @FunctionalInterface
  private interface Run {
    String micros();
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println(
          "usage: Bench start|network|exec|load|save|pull|push|fetch|build DATA-DIRECTORY IMAGE WARM-UP");
      System.exit(2);
    }
    try (Engine berth = Berth.open(Path.of(args[1]))) {
      int warmUp = Integer.parseInt(args[3]);
      switch (args[0]) {
        case "start" -> serve(() -> start(berth, args[2], NetworkMode.NONE), warmUp);
        case "network" -> serve(() -> start(berth, args[2], NetworkMode.BRIDGE), warmUp);
        case "exec" -> {
          try (Container container =
              berth.containers().create(args[2]).command("sleep", "100000").start()) {
            System.out.println(container.pid().orElseThrow());
            serve(() -> exec(container), warmUp);
          }
        }
        case "load" -> serve(() -> load(berth, Path.of(args[2])), warmUp);
        case "save" -> serve(() -> save(berth, Path.of(args[2])), warmUp);
        case "pull" -> serve(() -> RegistryBench.pull(berth, args[2]), warmUp);
        case "push" -> serve(() -> RegistryBench.push(berth, args[2]), warmUp);
        case "fetch" -> {
          try (RegistryClient client = RegistryClient.open(RegistryOptions.defaults())) {
            serve(() -> RegistryBench.fetch(client, Path.of(args[1]), args[2]), warmUp);
          }
        }
        case "build" -> BuildBench.serve(berth);
        case "growth" -> GrowthBench.run(berth, args[2]);
        default -> throw new IllegalArgumentException("no measurement " + args[0]);
      }
    }
  }

  private static void serve(Run run, int warmUp) throws IOException {
    for (int i = 0; i < warmUp; i++) {
      run.micros();
    }
    System.out.println("end");
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      for (int i = Integer.parseInt(line); i > 0; i--) {
        System.out.println(run.micros());
      }
      System.out.println("end");
    }
  }

  /** Until the exit code of {@code true} is there, and until the container is removed. */
  private static String start(Engine berth, String image, NetworkMode network) {
    long start = System.nanoTime();
    long exited;
    try (Container container =
        berth.containers().create(image).network(network).command("true").start()) {
      check(container.waitForExit());
      exited = System.nanoTime();
    }
    return (exited - start) / 1000 + " " + (System.nanoTime() - start) / 1000;
  }

  /** {@code true} in a container that runs, until its exit code is there. */
  private static String exec(Container container) {
    long start = System.nanoTime();
    check(container.exec("true").execute().exitCode());
    return Long.toString((System.nanoTime() - start) / 1000);
  }

  /** The images of an archive, from the file and then as a stream; removed in between. */
  private static String load(Engine berth, Path archive) {
    long start = System.nanoTime();
    List<Image> images = berth.images().load(archive).execute();
    long file = System.nanoTime() - start;
    remove(berth, images);
    start = System.nanoTime();
    try (InputStream in = Files.newInputStream(archive)) {
      images = berth.images().load(in).execute();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long stream = System.nanoTime() - start;
    remove(berth, images);
    return file / 1000 + " " + stream / 1000;
  }

  private static void remove(Engine berth, List<Image> images) {
    images.forEach(image -> berth.images().remove(image.id().toString(), true));
  }

  /** The image {@code layers} to an archive. */
  private static String save(Engine berth, Path archive) {
    long start = System.nanoTime();
    berth.images().save("layers").to(archive);
    return Long.toString((System.nanoTime() - start) / 1000);
  }

  private static void check(int code) {
    if (code != 0) {
      throw new IllegalStateException("ended with exit code " + code);
    }
  }
}
