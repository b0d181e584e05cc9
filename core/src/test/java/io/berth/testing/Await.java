package io.berth.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for what comes true on its own: a process that has been forked and not yet replaced by its
 * program, a line on its way to the log. The time that it may take is long, for it is spent by
 * failures alone.
 *
 * <pre>{@code
 * Await.until(() -> container.logs().stdout().contains("ready"));
 * Await.pass(() -> assertThat(container.top().rows()).hasSize(2));
 * }</pre>
 */
public final class Await {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Await() {}

  /** Assertions, or what has them. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  /** Asks until it is so; not once more, for it may hold for a moment only. */
  public static void until(BooleanSupplier condition) {
    pass(
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("it has not come true within " + LIMIT);
          }
        });
  }

  /** Makes assertions until all of them hold at once; the last failure is thrown. */
  public static void pass(Check check) {
    value(
        () -> {
          check.run();
          return null;
        });
  }

  /** Asks for a value until there is one, without an I/O error and with all assertions true. */
  public static <T> T value(Callable<T> question) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return question.call();
      } catch (IOException | UncheckedIOException | AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError(e.getMessage(), e);
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      pause(10);
    }
  }

  /** Asks until the answer stays the same, as that of something that is late but has stopped. */
  public static <T> T rest(Supplier<T> question) {
    return value(
        () -> {
          T first = question.get();
          pause(100);
          T second = question.get();
          if (!second.equals(first)) {
            throw new AssertionError("it has not come to rest within " + LIMIT + ": " + second);
          }
          return second;
        });
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
