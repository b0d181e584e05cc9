package io.berth.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A port that leads to another one, and cuts connections once so many bytes were sent over them.
 */
public final class CuttingProxy implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final long bytes;
  private final int most;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();

  private CuttingProxy(int target, long bytes, int most) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    this.bytes = bytes;
    this.most = most;
    threads.submit(this::accept);
  }

  /**
   * @param bytes from client to server, after which a connection is cut
   * @param most how often
   */
  public static CuttingProxy to(int port, long bytes, int most) throws IOException {
    return new CuttingProxy(port, bytes, most);
  }

  public int port() {
    return server.getLocalPort();
  }

  public int cuts() {
    return cuts.get();
  }

  /** How many bytes clients have sent, over all connections. */
  public long sent() {
    return sent.get();
  }

  private Void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(client);
      open.add(behind);
      threads.submit(() -> copy(client, behind, true));
      threads.submit(() -> copy(behind, client, false));
    }
  }

  private Void copy(Socket from, Socket to, boolean counted) throws IOException {
    byte[] buffer = new byte[16 << 10];
    long count = 0;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        if (!counted) {
          continue;
        }
        count += n;
        sent.addAndGet(n);
        if (count >= bytes && cuts.get() < most) {
          cuts.incrementAndGet();
          return null;
        }
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Closeable each : open) {
      each.close();
    }
    threads.shutdownNow();
  }
}
