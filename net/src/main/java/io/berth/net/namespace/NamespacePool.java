package io.berth.net.namespace;

import io.berth.error.BerthException;
import io.berth.net.linux.NetworkNamespace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

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

  private final Supplier<NetworkNamespace> source;
  private final Deque<NetworkNamespace> ready = new ArrayDeque<>();
  private Optional<Thread> maker = Optional.empty();
  private boolean wanted;
  private boolean closed;

  /**
   * @param source makes new ones
   */
  public NamespacePool(Supplier<NetworkNamespace> source) {
    this.source = source;
  }

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
    return make();
  }

  private void keepReady() {
    try {
      while (awaitWanted()) {
        add(make());
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

  private NetworkNamespace make() {
    NetworkNamespace namespace = source.get();
    boolean done = false;
    try {
      namespace.route().linkUp("lo");
      // Some are not there in an older kernel, or in one without IPv6.
      SETTINGS.forEach(namespace::set);
      done = true;
      return namespace;
    } finally {
      if (!done) {
        namespace.close();
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    ready.forEach(NetworkNamespace::close);
    ready.clear();
  }
}
