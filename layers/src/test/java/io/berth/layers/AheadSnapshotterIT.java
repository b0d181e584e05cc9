package io.berth.layers;

/** The overlay driver, with layers unpacked as a pull does. */
class AheadSnapshotterIT extends OverlaySnapshotterIT {
  @Override
  boolean ahead() {
    return true;
  }
}
