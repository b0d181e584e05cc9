package io.berth.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many clients that follow logs and events, some of which do not read. */
@Timeout(900)
class LoadIT {
  private static final int READERS = 140;

  private static final int WATCHERS = 40;
  private static final int SLOW = 20;
  private static final int LINES = 4000;
  private static final String LINE = "x".repeat(100);
  private static final long MOST_GROWTH = 96L << 20;

  @RegisterExtension static final Served SERVED = new Served();

  private static UnixHttp open(String path) throws IOException {
    UnixHttp http = new UnixHttp(SERVED.socket());
    return http.send(UnixHttp.request("GET", path, ""));
  }

  private static long lines(UnixHttp http) {
    try (http) {
      String text = new String(http.reply(false).body(), StandardCharsets.ISO_8859_1);
      return text.lines().filter(l -> l.endsWith(LINE)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many are told of until the container is removed, which is the last of it. */
  private static long deaths(UnixHttp http) {
    try (http) {
      StringBuilder events = new StringBuilder();
      while (events.indexOf("\"destroy\"") < 0) {
        events.append(http.chunk());
      }
      return events.toString().lines().filter(l -> l.contains("\"die\"")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void slowReadersBlockNobodyAndMemoryIsFlat() throws Exception {
    int rounds = Integer.getInteger("berth.load.rounds", 1);
    ExecutorService clients = Executors.newCachedThreadPool();
    try {
      round(clients);
      long before = heap();
      for (int i = 0; i < rounds; i++) {
        round(clients);
        System.out.printf("load: round %d, heap %d MiB%n", i + 1, heap() >> 20);
      }
      assertThat(heap() - before).isLessThan(MOST_GROWTH);
    } finally {
      clients.shutdownNow();
    }
  }

  private static void round(ExecutorService clients) throws Exception {
    String noise = "until test -f /go; do sleep 0.1; done; yes " + LINE + " | head -n " + LINES;
    Container container =
        SERVED.engine().containers().create("busybox:test").command("sh", "-c", noise).start();
    List<UnixHttp> slow = new ArrayList<>();
    try {
      String logs = "/containers/" + container.id() + "/logs?follow=1&stdout=1";
      String events =
          "/events?filters=%7B%22container%22:%5B%22" + container.id() + "%22%5D%7D&since=1";
      for (int i = 0; i < SLOW; i++) {
        slow.add(open(logs));
      }
      List<CompletableFuture<Long>> reading = new ArrayList<>();
      List<CompletableFuture<Long>> watching = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        UnixHttp http = open(logs);
        reading.add(CompletableFuture.supplyAsync(() -> lines(http), clients));
      }
      for (int i = 0; i < WATCHERS; i++) {
        UnixHttp http = open(events);
        assertThat(http.headers().status()).isEqualTo(200);
        watching.add(CompletableFuture.supplyAsync(() -> deaths(http), clients));
      }
      container.exec("touch", "/go").execute();

      for (CompletableFuture<Long> reader : reading) {
        assertThat(reader.get(300, TimeUnit.SECONDS)).isEqualTo(LINES);
      }
      assertThat(SERVED.ask("GET", "/_ping", "").status()).isEqualTo(200);
      // They have missed nothing either.
      for (UnixHttp http : slow) {
        assertThat(lines(http)).isEqualTo(LINES);
      }
      container.remove(true);
      for (CompletableFuture<Long> watcher : watching) {
        assertThat(watcher.get(300, TimeUnit.SECONDS)).isEqualTo(1);
      }
    } finally {
      for (UnixHttp http : slow) {
        http.close();
      }
      container.remove(true);
    }
  }
}
