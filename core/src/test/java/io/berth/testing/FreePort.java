package io.berth.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port for a server that is started later. It is below those that Linux gives to connections, so
 * that none of them takes it meanwhile.
 */
public final class FreePort {
  private static final int FIRST = 12_000;
  private static final int LAST = 32_000;

  private FreePort() {}

  /** One on which nothing listens, at any address. */
  public static int find() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      try (ServerSocket free = new ServerSocket(port)) {
        return free.getLocalPort();
      } catch (IOException e) {
        // It is taken: another.
      }
    }
  }
}
