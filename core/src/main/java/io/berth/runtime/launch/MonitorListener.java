package io.berth.runtime.launch;

/** Hears a container's output, from whichever thread waits for it. */
@FunctionalInterface
public interface MonitorListener {

  /** A piece of output, as the container wrote it. */
  void output(boolean stderr, byte[] bytes);

  static MonitorListener none() {
    return (stderr, bytes) -> {};
  }
}
