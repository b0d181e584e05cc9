package io.berth.layers;

import java.nio.file.Path;

class CopySnapshotterIT extends SnapshotterContract {
  @Override
  Snapshotter open(Path data) {
    Privileges.assumeRoot();
    return Snapshotters.open(data, Snapshotters.Driver.COPY);
  }
}
