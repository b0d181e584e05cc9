package io.berth.network;

import java.nio.file.Path;
import java.util.List;

/** Starts the process that keeps a network namespace and connects it to the host (uplink.c). */
@FunctionalInterface
public interface UplinkStarter {

  /**
   * @param directory where it keeps its files: {@code alive}, {@code uplink}
   * @param commands programs that can connect the namespace, of which the first that works is
   *     taken; the word {@code NAMESPACE} stands for a file by which it is found
   * @param namespace its descriptor
   * @return when the process is there; closed when the fifo {@code alive} was opened
   */
  Started start(Path directory, List<List<String>> commands, int namespace);

  /** The process while it starts. */
  interface Started extends AutoCloseable {
    /** Waits until the namespace is connected, or cannot be: its file says which. */
    void awaitConnected();

    @Override
    void close();
  }
}
