package io.berth.remote;

import org.junit.jupiter.api.extension.RegisterExtension;

class DockerdNetworksIT extends NetworksContract {
  @RegisterExtension static final EngineSource SOURCE = EngineSource.dockerd();

  @Override
  EngineSource source() {
    return SOURCE;
  }
}
