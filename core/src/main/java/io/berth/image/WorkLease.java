package io.berth.image;

import io.berth.internal.AtomicFile;
import io.berth.linux.FileLock;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Keeps layers from being removed while somebody works with them, and the names of unfinished
 * snapshots, so that what a killed process leaves behind is found. Closed by its user.
 *
 * <pre>{@code
 * try (WorkLease lease = store.lease()) {
 *   String key = lease.begin();
 *   try {
 *     snapshotter.prepare(key, parent);
 *     ...
 *     snapshotter.commit(key, name);
 *   } finally {
 *     lease.end(key);
 *   }
 * }
 * }</pre>
 */
public final class WorkLease implements AutoCloseable {
  private final ImageStore store;
  private final Path markers;
  private final FileLock shared;
  private boolean closed;

  WorkLease(ImageStore store, Path markers, FileLock shared) {
    this.store = store;
    this.markers = markers;
    this.shared = shared;
  }

  /** A new name for a snapshot in the works. */
  public String begin() {
    String key = "work-" + UUID.randomUUID();
    // Before the snapshot: a kill in between leaves a marker without snapshot, which is harmless.
    AtomicFile.write(markers.resolve(key), new byte[0]);
    return key;
  }

  /** Removes what is left of a snapshot in the works: nothing, when it has been committed. */
  public void end(String key) {
    store.snapshotter().remove(key);
    AtomicFile.delete(markers.resolve(key));
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      shared.close();
      store.sweep();
    }
  }
}
