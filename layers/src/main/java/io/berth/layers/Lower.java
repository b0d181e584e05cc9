package io.berth.layers;

import io.berth.linux.RootDir;
import java.util.Optional;
import java.util.function.Supplier;

/** What lies under the directory being worked on; opened when first asked for. */
final class Lower implements AutoCloseable {
  private final Optional<Supplier<RootMount>> mount;
  private Optional<RootDir> open = Optional.empty();

  /**
   * @param mount may wait until the lower layers are there
   */
  Lower(Optional<Supplier<RootMount>> mount) {
    this.mount = mount;
  }

  static Lower none() {
    return new Lower(Optional.empty());
  }

  boolean isPresent() {
    return mount.isPresent();
  }

  Optional<RootDir> root() {
    if (open.isEmpty() && mount.isPresent()) {
      open = mount.map(Supplier::get).map(SnapshotViews::open);
    }
    return open;
  }

  @Override
  public void close() {
    open.ifPresent(RootDir::close);
  }
}
