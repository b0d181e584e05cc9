package io.berth.network;

/** A network and a container's place in it. */
record Place(NetworkConfig network, Member member) {
  boolean leadsOutside() {
    return !network.spec().internal();
  }
}
