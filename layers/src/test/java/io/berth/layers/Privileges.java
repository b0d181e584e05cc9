package io.berth.layers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What tests need of the machine. */
final class Privileges {
  private Privileges() {}

  static void assumeRoot() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")), "needs root: owners, devices and mounts");
  }
}
