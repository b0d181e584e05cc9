package io.berth.container;

import io.berth.testing.TestEngine;
import org.junit.jupiter.api.extension.RegisterExtension;

class RuncLauncherIT extends LauncherContract {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.withLauncher("runc");

  @Override
  TestEngine fixture() {
    return FIXTURE;
  }
}
