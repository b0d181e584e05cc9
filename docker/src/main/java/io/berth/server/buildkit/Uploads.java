package io.berth.server.buildkit;

import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Contexts that clients send in a request of its own, beside that of the build. Thread-safe. */
final class Uploads {
  /** What names an upload in place of a remote context, and in the id of its request. */
  static final String PREFIX = "upload-request";

  private static final long PATIENCE_SECONDS = 30;

  private final Map<String, CompletableFuture<InputStream>> bodies = new ConcurrentHashMap<>();

  private CompletableFuture<InputStream> of(String id) {
    return bodies.computeIfAbsent(id, i -> new CompletableFuture<>());
  }

  /**
   * Gives a body to the build that waits for it, until that has read it.
   *
   * @param onGone takes what is to be done when the client leaves
   */
  void offer(String id, InputStream body, Consumer<Runnable> onGone) throws InterruptedException {
    CountDownLatch read = new CountDownLatch(1);
    onGone.accept(read::countDown);
    of(id)
        .complete(
            new FilterInputStream(body) {
              @Override
              public int read() throws IOException {
                return ended(super.read());
              }

              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                return ended(super.read(bytes, offset, length));
              }

              private int ended(int result) {
                if (result < 0) {
                  read.countDown();
                }
                return result;
              }
            });
    try {
      read.await();
    } finally {
      bodies.remove(id);
    }
  }

  /** The body of this id, waiting for it. */
  InputStream take(String id) {
    try {
      return of(id).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GrpcException(Code.CANCELLED, "the build was cancelled", List.of(), e);
    } catch (ExecutionException | TimeoutException e) {
      bodies.remove(id);
      throw new GrpcException(Code.NOT_FOUND, "the client has not sent its context", List.of(), e);
    }
  }
}
