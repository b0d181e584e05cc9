package io.berth.server.reaper;

import io.berth.error.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One reaper: clients connect, send lines with {@link LabelFilter}s and read {@code ACK} for each.
 * When the last of them has hung up, and none has come back for a while, all that they named goes.
 */
final class Reaper implements AutoCloseable {
  private final ServerSocket server;
  private final Consumer<LabelFilter> named;
  private final Consumer<List<LabelFilter>> sweep;
  private final Duration patience;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "berth-reaper-timer"));
  private final Set<LabelFilter> filters = new LinkedHashSet<>();
  private final Set<Socket> clients = new LinkedHashSet<>();
  private Optional<ScheduledFuture<?>> end = Optional.empty();

  /**
   * @param first how long to wait for the first client
   * @param patience how long to wait for one to come back
   * @param named is told of each filter before it is acknowledged
   * @param sweep removes what the filters name
   */
  Reaper(
      Duration first,
      Duration patience,
      Consumer<LabelFilter> named,
      Consumer<List<LabelFilter>> sweep)
      throws IOException {
    this.patience = patience;
    this.named = named;
    this.sweep = sweep;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    schedule(first);
    daemon(this::accept, "berth-reaper").start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Where it listens, on the loopback address. */
  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        synchronized (this) {
          end.ifPresent(e -> e.cancel(false));
          clients.add(client);
        }
        daemon(() -> serve(client), "berth-reaper-client").start();
      }
    } catch (IOException e) {
      close();
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      OutputStream out = client.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.isBlank()) {
          out.write((accepts(line) ? "ACK\n" : "NACK\n").getBytes(StandardCharsets.US_ASCII));
          out.flush();
        }
      }
    } catch (IOException e) {
      // It hung up: that is what we wait for.
    }
    synchronized (this) {
      clients.remove(client);
      if (clients.isEmpty()) {
        schedule(patience);
      }
    }
  }

  private boolean accepts(String line) {
    try {
      LabelFilter filter = LabelFilter.parse(line.strip());
      named.accept(filter);
      synchronized (this) {
        filters.add(filter);
      }
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  private synchronized void schedule(Duration in) {
    if (!timer.isShutdown()) {
      end = Optional.of(timer.schedule(this::finish, in.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private void finish() {
    List<LabelFilter> all;
    synchronized (this) {
      if (!clients.isEmpty()) {
        return;
      }
      all = List.copyOf(filters);
    }
    sweep.accept(all);
    close();
  }

  boolean isClosed() {
    return closed.isDone();
  }

  /** Runs something once it has ended, or now when it has. */
  void onEnd(Runnable hook) {
    closed.thenRun(hook);
  }

  /** Ends it; nothing is removed. */
  @Override
  public void close() {
    try {
      server.close();
      synchronized (this) {
        for (Socket client : clients) {
          client.close();
        }
      }
    } catch (IOException e) {
      // It is closed all the same.
    }
    timer.shutdown();
    closed.complete(null);
  }
}
