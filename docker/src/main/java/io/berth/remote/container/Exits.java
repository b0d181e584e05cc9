package io.berth.remote.container;

import io.berth.error.BerthException;
import io.berth.remote.call.Api;
import io.berth.remote.call.Failures;
import io.berth.remote.transport.Answer;
import io.berth.server.wire.WaitResult;
import io.berth.server.wire.WireJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the ends of a container. */
final class Exits {
  private static final int HEADERS_FIRST = 30;

  private final Api api;
  private final String id;

  Exits(Api api, String id) {
    this.api = api;
    this.id = id;
  }

  /** An end that is waited for. */
  final class Expected implements AutoCloseable {
    private final Answer answer;
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    private Expected(Answer answer) {
      this.answer = answer;
      Thread reader = new Thread(this::read, "berth-remote-wait-" + id.substring(0, 12));
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (answer) {
        WaitResult result = WireJson.read(answer.body().readAllBytes(), WaitResult.class);
        boolean failed = result.error() != null && !result.error().message().isEmpty();
        if (failed) {
          code.completeExceptionally(Failures.of(500, result.error().message()));
        } else {
          code.complete((int) result.statusCode());
        }
      } catch (IOException e) {
        code.completeExceptionally(api.broken(e));
      } catch (BerthException e) {
        code.completeExceptionally(e);
      }
    }

    int await() {
      return await(Optional.empty()).orElseThrow();
    }

    /** Empty when the time is over. */
    Optional<Integer> await(Optional<Duration> timeout) {
      try {
        return Optional.of(
            timeout.isPresent()
                ? code.get(timeout.get().toNanos(), TimeUnit.NANOSECONDS)
                : code.get());
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BerthException("Interrupted while waiting for container " + id, e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof BerthException own
            ? own
            : new BerthException(String.valueOf(e.getCause()), e.getCause());
      }
    }

    @Override
    public void close() {
      answer.close();
    }
  }

  /**
   * Begins to wait for the end of the next run, which has yet to begin; empty with engines that say
   * nothing before the end.
   */
  Optional<Expected> expectNext() {
    return api.atLeast(HEADERS_FIRST) ? Optional.of(expect("next-exit")) : Optional.empty();
  }

  /** Begins to wait until it does not run. */
  Expected expect() {
    return expect("not-running");
  }

  private Expected expect(String condition) {
    return new Expected(
        api.post("/containers/" + id + "/wait").query("condition", condition).open());
  }
}
