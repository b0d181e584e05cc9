package io.berth.remote;

import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedNetworksIT extends NetworksContract {
  @RegisterExtension static final EngineSource SOURCE = EngineSource.embedded();

  @Override
  EngineSource source() {
    return SOURCE;
  }
}
