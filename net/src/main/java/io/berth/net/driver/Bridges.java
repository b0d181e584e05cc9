package io.berth.net.driver;

import io.berth.net.Cidr;
import java.util.List;

/** The driver of an engine's own bridges, which also knows what is on the host beside them. */
public interface Bridges extends NetworkDriver, AutoCloseable {

  /** The subnets that this host, and its bridges, reach by now, through whatever interface. */
  List<Cidr> usedSubnets();

  /** Removes the bridges of this engine's that none of these networks has. */
  void removeStale(List<NetworkPlan> known);

  /** Removes what engines left whose data directory is gone, where nothing uses it. */
  void removeAbandoned();

  @Override
  void close();
}
