package io.berth.container;

import java.util.List;

/** The mounts of one container, which its volumes are in use for while they are placed. */
final class HeldMounts implements Views.Points {
  private final ContainerRecord record;
  private final ContainerMounts mounts;

  HeldMounts(ContainerRecord record, ContainerMounts mounts) {
    this.record = record;
    this.mounts = mounts;
  }

  @Override
  public List<PlacedMount> place() {
    return mounts.place(record.config(), record.directory());
  }

  @Override
  public void release() {
    mounts.release(record.config(), record.directory());
  }

  /** The volumes that were made for it. */
  void removeAnonymous() {
    mounts.removeAnonymous(record.config());
  }
}
