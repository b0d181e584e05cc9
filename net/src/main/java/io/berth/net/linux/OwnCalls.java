package io.berth.net.linux;

import com.sun.jna.Native;
import io.berth.error.BerthException;
import io.berth.error.SystemCallException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Threads of this process, each of which ends after one call. */
final class OwnCalls implements NamespaceCalls {
  private static final String OWN = "/proc/thread-self/ns/net";

  @Override
  public int makeNamespace() {
    return inThread(
        () -> {
          NetCalls.check(NetCalls.unshare(NetCalls.CLONE_NEWNET), "unshare", "network namespace");
          return here();
        });
  }

  /** That of the calling thread. */
  static int here() {
    return descriptor(OWN);
  }

  @Override
  public int openNamespace(Path file) {
    return descriptor(file.toString());
  }

  private static int descriptor(String path) {
    return NetCalls.check(NetCalls.open(path, NetCalls.O_RDONLY_CLOEXEC), "open", path);
  }

  @Override
  public int netlink(int namespace, int protocol) {
    return callIn(namespace, () -> NetlinkSocket.openHere(protocol));
  }

  @Override
  public int setting(int namespace, String name, boolean write) {
    return callIn(
        namespace,
        () -> {
          String path = "/proc/sys/net/" + name;
          int flags = NetCalls.O_RDONLY_CLOEXEC | (write ? NetCalls.O_WRONLY : 0);
          return NetCalls.check(NetCalls.open(path, flags), "open", path);
        });
  }

  static <T> T callIn(int namespace, Supplier<T> action) {
    return inThread(
        () -> {
          if (NetCalls.setns(namespace, NetCalls.CLONE_NEWNET) < 0) {
            throw new SystemCallException(
                "setns", "network namespace " + namespace, Native.getLastError());
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
}
