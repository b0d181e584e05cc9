package io.berth.layers;

class OrdinaryCopy extends OrdinaryContract {
  OrdinaryCopy() {
    super(Snapshotters.Driver.COPY);
  }
}
