package io.berth.net.namespace;

import io.berth.error.BerthException;
import io.berth.net.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/**
 * Namespaces that are ready for a container: loopback up, with Docker's settings. One is made
 * ahead, so that a start need not wait for it. Thread-safe.
 */
public final class NamespacePool implements AutoCloseable {
  // IPv6 comes with an address of it. Every container may listen at low ports and send pings.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "ipv6/conf/default/disable_ipv6",
          "1",
          "ipv4/ip_unprivileged_port_start",
          "0",
          "ipv4/ping_group_range",
          "0 2147483647");

  private final Deque<NetworkNamespace> ready = new ArrayDeque<>();
  private Optional<Thread> maker = Optional.empty();
  private boolean wanted;
  private boolean closed;

  /** Gives one away; the caller closes it. */
  public NetworkNamespace take() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("this engine is closed");
      }
      wanted = true;
      if (maker.isEmpty()) {
        Thread thread = new Thread(this::keepReady, "berth-namespaces");
        thread.setDaemon(true);
        thread.start();
        maker = Optional.of(thread);
      }
      notifyAll();
      if (!ready.isEmpty()) {
        return ready.remove();
      }
    }
    NetworkNamespace namespace = NetworkNamespace.create();
    namespace.call(NamespacePool::prepareHere);
    return namespace;
  }

  /** This thread moves from one new namespace to the next; what it has left is kept by its file. */
  private void keepReady() {
    try {
      while (awaitWanted()) {
        NetworkNamespace namespace = NetworkNamespace.createHere();
        prepareHere();
        add(namespace);
      }
    } catch (BerthException e) {
      // Whoever needs one makes it, and hears why it cannot be.
    }
  }

  private synchronized boolean awaitWanted() {
    while (!closed && !(wanted && ready.isEmpty())) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    return !closed;
  }

  private synchronized void add(NetworkNamespace prepared) {
    if (closed) {
      prepared.close();
    } else {
      ready.add(prepared);
      wanted = false;
    }
  }

  private static boolean prepareHere() {
    NetworkNamespace.loopbackUpHere();
    SETTINGS.forEach(
        (name, value) -> {
          try {
            Files.writeString(Path.of("/proc/sys/net", name), value);
          } catch (IOException e) {
            // An older kernel, or one without IPv6.
          }
        });
    return true;
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    ready.forEach(NetworkNamespace::close);
    ready.clear();
  }
}
