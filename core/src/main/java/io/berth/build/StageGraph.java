package io.berth.build;

import io.berth.error.BerthException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Builds stages side by side, each in a thread of its own that waits for another stage only when it
 * comes to the step that needs it. When one fails, the others are interrupted.
 */
final class StageGraph implements AutoCloseable {
  private static final int LEAST_STEPS = 4;

  private final IntFunction<StageState> builder;
  private final Semaphore working =
      new Semaphore(Math.max(LEAST_STEPS, 2 * Runtime.getRuntime().availableProcessors()));
  private final Map<Integer, CompletableFuture<StageState>> stages = new HashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private boolean closed;

  /**
   * @param builder builds one stage
   */
  StageGraph(IntFunction<StageState> builder) {
    this.builder = builder;
  }

  /** Begins a stage, unless it was begun. */
  synchronized CompletableFuture<StageState> begin(int index) {
    if (closed) {
      throw new BerthException("The build was stopped");
    }
    return stages.computeIfAbsent(
        index,
        i -> {
          CompletableFuture<StageState> result = new CompletableFuture<>();
          Thread thread = new Thread(() -> run(i, result), "berth-build-" + i);
          thread.setDaemon(true);
          threads.add(thread);
          thread.start();
          return result;
        });
  }

  private void run(int index, CompletableFuture<StageState> result) {
    try {
      result.complete(builder.apply(index));
    } catch (RuntimeException | Error e) {
      failure.completeExceptionally(e);
      result.completeExceptionally(e);
    }
  }

  /** The finished stage; begins it when that has not happened. */
  StageState await(int index) {
    CompletableFuture<StageState> wanted = begin(index);
    try {
      CompletableFuture.anyOf(wanted, failure).get();
      return wanted.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("The build was interrupted", e);
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new BerthException("The build failed: " + e.getCause(), e.getCause());
    }
  }

  /** Does the work of a step; not too many at once. */
  <T> T work(Supplier<T> step) {
    try {
      working.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("The build was stopped, since another stage failed", e);
    }
    try {
      return step.get();
    } finally {
      working.release();
    }
  }

  /** Stops what still runs, and waits for it. */
  @Override
  public void close() {
    List<Thread> running;
    synchronized (this) {
      closed = true;
      running = List.copyOf(threads);
    }
    running.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread thread : running) {
      while (thread.isAlive() && thread != Thread.currentThread()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
