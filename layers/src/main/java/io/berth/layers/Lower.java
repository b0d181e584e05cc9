package io.berth.layers;

import io.berth.linux.RootDir;
import java.util.Optional;

/** What lies under the directory being worked on; opened when first asked for. */
final class Lower implements AutoCloseable {
  private final Optional<RootMount> mount;
  private Optional<RootDir> open = Optional.empty();

  Lower(Optional<RootMount> mount) {
    this.mount = mount;
  }

  boolean isPresent() {
    return mount.isPresent();
  }

  Optional<RootDir> root() {
    if (open.isEmpty() && mount.isPresent()) {
      open = mount.map(SnapshotViews::open);
    }
    return open;
  }

  @Override
  public void close() {
    open.ifPresent(RootDir::close);
  }
}
