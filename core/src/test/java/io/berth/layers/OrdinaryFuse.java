package io.berth.layers;

class OrdinaryFuse extends OrdinaryContract {
  OrdinaryFuse() {
    super(Snapshotters.Driver.FUSE_OVERLAYFS);
  }
}
