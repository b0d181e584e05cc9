package io.berth.image;

import io.berth.error.BerthException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Does several things at once, begun in their order. When one fails, a given action ends the
 * others, and the first failure is thrown.
 */
final class ParallelWork {
  private final int most;
  private final Consumer<Throwable> end;

  /**
   * @param most how many at once
   * @param end makes the others end, for this reason
   */
  ParallelWork(int most, Consumer<Throwable> end) {
    this.most = most;
    this.end = end;
  }

  /** The results, in order. */
  <T> List<T> run(List<? extends Callable<T>> work) {
    if (work.isEmpty()) {
      return List.of();
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.min(most, work.size()), ParallelWork::thread);
    FirstFailure failure = new FirstFailure();
    try {
      List<Future<T>> results = new ArrayList<>();
      for (Callable<T> each : work) {
        results.add(threads.submit(() -> guarded(each, failure)));
      }
      List<T> all = new ArrayList<>();
      for (Future<T> result : results) {
        all.add(await(result, failure));
      }
      failure.rethrow();
      return all;
    } finally {
      threads.shutdown();
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "berth-layers");
    thread.setDaemon(true);
    return thread;
  }

  private <T> T guarded(Callable<T> work, FirstFailure failure) {
    if (failure.isPresent()) {
      return null;
    }
    try {
      return work.call();
    } catch (Exception | Error e) {
      fail(failure, e);
      return null;
    }
  }

  private void fail(FirstFailure failure, Throwable problem) {
    if (failure.set(problem)) {
      end.accept(problem);
    }
  }

  /** Waits to the end also after an interrupt: nothing may go on behind the caller's back. */
  private <T> T await(Future<T> result, FirstFailure failure) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
          fail(failure, new BerthException("Interrupted while layers were on their way", e));
        } catch (ExecutionException e) {
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class FirstFailure {
    private Throwable first;

    synchronized boolean isPresent() {
      return first != null;
    }

    synchronized boolean set(Throwable problem) {
      if (first != null) {
        return false;
      }
      first = problem;
      return true;
    }

    synchronized void rethrow() {
      if (first instanceof RuntimeException e) {
        throw e;
      }
      if (first instanceof Error e) {
        throw e;
      }
      if (first != null) {
        throw new BerthException(String.valueOf(first.getMessage()), first);
      }
    }
  }
}
