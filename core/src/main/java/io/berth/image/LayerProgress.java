package io.berth.image;

import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import io.berth.oci.Descriptor;

/** Tells a listener of layers that several threads work on; not of every few bytes. */
final class LayerProgress {
  /** Tells nobody. */
  static final OfLayer NOBODY = (status, current) -> {};

  private static final long INTERVAL = 50_000_000; // nanoseconds

  private final Progress listener;

  LayerProgress(Progress listener) {
    this.listener = listener;
  }

  /** What one layer tells. */
  @FunctionalInterface
  interface OfLayer {
    void on(LayerStatus status, long current);
  }

  /** The progress of one layer; for one thread at a time. */
  OfLayer layer(Descriptor layer) {
    return new OfLayer() {
      private LayerStatus last;
      private long told;

      @Override
      public void on(LayerStatus status, long current) {
        long now = System.nanoTime();
        if (status == last && current < layer.size() && now - told < INTERVAL) {
          return;
        }
        last = status;
        told = now;
        send(new Progress.Layer(layer.digest().shortHex(), status, current, layer.size()));
      }
    };
  }

  void message(String text) {
    send(new Progress.Message(text));
  }

  private synchronized void send(Progress.Event event) {
    listener.on(event);
  }
}
