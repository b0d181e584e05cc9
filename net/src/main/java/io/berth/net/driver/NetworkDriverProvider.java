package io.berth.net.driver;

/** Makes a driver for an engine; found with {@link java.util.ServiceLoader}. */
public interface NetworkDriverProvider {

  /** The name of its driver. */
  String name();

  /**
   * @param engine a short name of the engine's, not shared with another on this host: what the
   *     driver makes on the host has it in its name, so that engines do not meet
   */
  NetworkDriver open(String engine);
}
