package io.berth.network;

import io.berth.api.NetworkAttachment;

/** What the networks need of the containers. */
public interface ContainerLookup {

  /**
   * Connects a container to a network: now, if it runs, and whenever it starts.
   *
   * @throws io.berth.error.NotFoundException when there is no such container
   */
  void connect(String container, NetworkAttachment attachment);

  /**
   * Takes a container out of a network.
   *
   * @param network its name
   * @throws io.berth.error.NotFoundException when it is not in it
   */
  void disconnect(String container, String network);
}
