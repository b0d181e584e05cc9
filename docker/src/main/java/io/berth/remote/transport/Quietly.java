package io.berth.remote.transport;

import java.io.Closeable;
import java.io.IOException;

/** Closes what is of no use any more, whether that goes well or not. */
final class Quietly {
  private Quietly() {}

  static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // It is gone in any case.
    }
  }
}
