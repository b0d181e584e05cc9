package io.berth.remote;

import org.junit.jupiter.api.extension.RegisterExtension;

class EmbeddedContainersIT extends ContainersContract {
  @RegisterExtension static final EngineSource SOURCE = EngineSource.embedded();

  @Override
  EngineSource source() {
    return SOURCE;
  }
}
