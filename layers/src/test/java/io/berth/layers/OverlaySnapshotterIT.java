package io.berth.layers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

class OverlaySnapshotterIT extends SnapshotterContract {
  @Override
  Snapshotter open(Path data) {
    Privileges.assumeRoot();
    Snapshotters.Choice choice = Snapshotters.probe(data);
    assumeTrue(
        choice.driver() == Snapshotters.Driver.OVERLAY, () -> choice.reason().orElse("no overlay"));
    return Snapshotters.open(data, Snapshotters.Driver.OVERLAY);
  }
}
