package io.berth.layers;

class OrdinaryOverlay extends OrdinaryContract {
  OrdinaryOverlay() {
    super(Snapshotters.Driver.OVERLAY);
  }
}
