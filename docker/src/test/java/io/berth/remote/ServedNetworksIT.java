package io.berth.remote;

import org.junit.jupiter.api.extension.RegisterExtension;

class ServedNetworksIT extends NetworksContract {
  @RegisterExtension static final EngineSource SOURCE = EngineSource.served();

  @Override
  EngineSource source() {
    return SOURCE;
  }
}
