package io.berth.layers;

import io.berth.testing.TestAccess;
import java.nio.file.Path;

/**
 * The contract once more in an ordinary user's namespace. Its subclasses are no tests by name: they
 * are run as that user, by {@code RootlessIT}.
 */
abstract class OrdinaryContract extends SnapshotterContract {
  private final Snapshotters.Driver driver;

  OrdinaryContract(Snapshotters.Driver driver) {
    this.driver = driver;
  }

  @Override
  Snapshotter open(Path data) {
    return Snapshotters.open(data, driver, TestAccess.of(data));
  }

  @Override
  void clean(Path directory) {
    TestAccess.remove(directory);
  }

  @Override
  boolean makesDevices() {
    return false;
  }
}
