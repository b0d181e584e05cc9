package io.berth.container;

import io.berth.testing.TestEngine;
import org.junit.jupiter.api.extension.RegisterExtension;

class CrunLauncherIT extends LauncherContract {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.withLauncher("crun");

  @Override
  TestEngine fixture() {
    return FIXTURE;
  }
}
