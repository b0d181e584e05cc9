package io.berth.runtime.launch;

import io.berth.linux.Fd;
import io.berth.linux.RootDir;

/**
 * The files of a container as its processes see them, volumes included, but for what the kernel
 * makes up ({@code /proc}, {@code /sys}, {@code /dev}). They are in a mount namespace that lasts as
 * long as this is open.
 */
public final class MountView implements AutoCloseable {
  private final RootDir root;
  private final Fd namespace;

  MountView(RootDir root, Fd namespace) {
    this.root = root;
    this.namespace = namespace;
  }

  /** Its root directory, in which every path is resolved. */
  public RootDir root() {
    return root;
  }

  @Override
  public void close() {
    root.close();
    namespace.close();
  }
}
