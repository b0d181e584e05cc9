package io.berth.runtime.launch;

/** Hears a container's output, from whichever thread waits for it. */
@FunctionalInterface
public interface MonitorListener {

  /** A piece of output, as the container wrote it. */
  void output(boolean stderr, byte[] bytes);

  /**
   * Hears, before any output, where the log ends that holds what was written before.
   *
   * @param inode of the log file; 0 when there is no log
   * @param size how much of it was there
   */
  default void attached(long inode, long size) {}

  static MonitorListener none() {
    return (stderr, bytes) -> {};
  }
}
