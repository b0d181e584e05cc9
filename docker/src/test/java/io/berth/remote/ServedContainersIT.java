package io.berth.remote;

import org.junit.jupiter.api.extension.RegisterExtension;

class ServedContainersIT extends ContainersContract {
  @RegisterExtension static final EngineSource SOURCE = EngineSource.served();

  @Override
  EngineSource source() {
    return SOURCE;
  }
}
