package io.berth.net.linux;

import com.sun.jna.Native;
import io.berth.error.BerthException;
import io.berth.error.SystemCallException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A network namespace that this process holds, with a socket in it. It lasts until it is closed
 * here and the last process has left it.
 *
 * <pre>{@code
 * try (NetworkNamespace namespace = NetworkNamespace.create()) {
 *   namespace.route().linkUp("lo");
 * }
 * }</pre>
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final String OWN = "/proc/thread-self/ns/net";

  private final int fd;
  private final RouteSocket route;

  private NetworkNamespace(int fd, RouteSocket route) {
    this.fd = fd;
    this.route = route;
  }

  /** Makes one with nothing in it but loopback, which is down. */
  public static NetworkNamespace create() {
    return inThread(NetworkNamespace::createHere);
  }

  /**
   * The same, for a thread that is used for nothing else: it is in the new namespace afterwards.
   */
  public static NetworkNamespace createHere() {
    NetCalls.check(NetCalls.unshare(NetCalls.CLONE_NEWNET), "unshare", "network namespace");
    return openHere(OWN);
  }

  /** Brings up the loopback interface of the namespace that the calling thread is in. */
  public static void loopbackUpHere() {
    try (RouteSocket here = new RouteSocket()) {
      here.linkUp("lo");
    }
  }

  /** The one behind a file such as {@code /proc/1/ns/net}. */
  public static NetworkNamespace open(Path file) {
    int fd = descriptor(file.toString());
    try {
      return new NetworkNamespace(fd, callIn(fd, file.toString(), RouteSocket::new));
    } catch (RuntimeException e) {
      NetCalls.close(fd);
      throw e;
    }
  }

  private static NetworkNamespace openHere(String path) {
    int fd = descriptor(path);
    try {
      return new NetworkNamespace(fd, new RouteSocket());
    } catch (RuntimeException e) {
      NetCalls.close(fd);
      throw e;
    }
  }

  private static int descriptor(String path) {
    return NetCalls.check(NetCalls.open(path, NetCalls.O_RDONLY_CLOEXEC), "open", path);
  }

  /** Runs something in the namespace: what it opens there belongs to the namespace. */
  public <T> T call(Supplier<T> action) {
    return callIn(fd, toString(), action);
  }

  private static <T> T callIn(int fd, String name, Supplier<T> action) {
    return inThread(
        () -> {
          if (NetCalls.setns(fd, NetCalls.CLONE_NEWNET) < 0) {
            throw new SystemCallException("setns", name, Native.getLastError());
          }
          return action.get();
        });
  }

  /** A thread of its own, which ends with the action, so that no other work is done in there. */
  private static <T> T inThread(Supplier<T> action) {
    AtomicReference<T> result = new AtomicReference<>();
    AtomicReference<Optional<RuntimeException>> error = new AtomicReference<>(Optional.empty());
    Thread thread =
        new Thread(
            () -> {
              try {
                result.set(action.get());
              } catch (RuntimeException e) {
                error.set(Optional.of(e));
              }
            },
            "berth-namespace");
    thread.start();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    error
        .get()
        .ifPresent(
            e -> {
              throw e instanceof BerthException ? e : new IllegalStateException(e);
            });
    return result.get();
  }

  /** Its links, addresses and routes. */
  public RouteSocket route() {
    return route;
  }

  int descriptor() {
    return fd;
  }

  /** A file by which other processes of this user reach it, while it is open here. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd);
  }

  @Override
  public void close() {
    route.close();
    NetCalls.close(fd);
  }

  @Override
  public String toString() {
    return "network namespace " + fd;
  }
}
