package io.berth.layers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.linux.Programs;
import java.nio.file.Files;
import java.nio.file.Path;

class FuseOverlaySnapshotterIT extends SnapshotterContract {
  @Override
  Snapshotter open(Path data) {
    Privileges.assumeRoot();
    assumeTrue(Programs.find(FuseOverlay.PROGRAM).isPresent(), "needs fuse-overlayfs");
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "needs /dev/fuse");
    return Snapshotters.open(data, Snapshotters.Driver.FUSE_OVERLAYFS);
  }
}
