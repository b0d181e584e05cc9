package io.berth.examples.bench;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.NetworkMode;
import io.berth.api.PruneFilter;
import io.berth.dockerfile.Dockerfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * What the same takes when there is ever more: prints {@code WHAT THERE-ARE MICROSECONDS}, medians,
 * and {@code end}. The data directory must be one for it alone.
 */
final class GrowthBench {
  private static final int RUNS = 40;

  private final Engine berth;
  private final String image;

  private GrowthBench(Engine berth, String image) {
    this.berth = berth;
    this.image = image;
  }

  static void run(Engine berth, String image) {
    GrowthBench bench = new GrowthBench(berth, image);
    for (int i = 0; i < 500; i++) {
      bench.start();
    }
    List<Integer> sizes = List.of(10, 100, 1000);
    bench.grow("start", sizes, bench::addContainer, bench::start);
    bench.grow(
        "open", List.of(1000), number -> {}, () -> Berth.open(berth.dataDirectory()).close());
    berth.containers().prune(PruneFilter.ALL);
    bench.grow("images", sizes, bench::addImage, () -> berth.images().list());
    bench.grow("find", List.of(1000), number -> {}, () -> berth.images().get(image));
    for (int i = 0; i < 50; i++) {
      bench.build("warm-up");
    }
    bench.grow("build", List.of(10, 1000, 100_000), bench::addStep, () -> bench.build("no change"));
    System.out.println("end");
  }

  private void grow(String what, List<Integer> sizes, IntConsumer add, Runnable run) {
    int there = 0;
    for (int size : sizes) {
      for (; there < size; there++) {
        add.accept(there);
      }
      long[] micros = new long[RUNS];
      for (int i = 0; i < RUNS; i++) {
        long start = System.nanoTime();
        run.run();
        micros[i] = (System.nanoTime() - start) / 1000;
      }
      Arrays.sort(micros);
      System.out.println(what + " " + size + " " + micros[RUNS / 2]);
    }
  }

  private void start() {
    try (Container container =
        berth.containers().create(image).network(NetworkMode.NONE).command("true").start()) {
      container.waitForExit();
    }
  }

  private void addContainer(int number) {
    berth.containers().create(image).name("c" + number).network(NetworkMode.NONE).create();
  }

  private void addImage(int number) {
    build("FROM " + image + "\nLABEL number=" + number + "\n", "i" + number);
  }

  private void build(String comment) {
    build(
        "FROM " + image + "\n# " + comment + "\nLABEL a=b\nRUN true\nRUN echo > /file\n", "built");
  }

  private void build(String text, String tag) {
    berth.images().build(Dockerfile.parse(text, "Dockerfile")).tag(tag).execute();
  }

  /** A copy of a step's record under a key that nothing asks for. */
  private void addStep(int number) {
    Path steps = berth.dataDirectory().resolve("cache/steps");
    try (Stream<Path> all = Files.find(steps, 2, (path, file) -> file.isRegularFile())) {
      Path record = all.findFirst().orElseThrow();
      String key = String.format("%064x", new BigInteger(256, new Random(number)));
      Path directory = Files.createDirectories(steps.resolve(key.substring(0, 2)));
      Files.copy(record, directory.resolve(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
