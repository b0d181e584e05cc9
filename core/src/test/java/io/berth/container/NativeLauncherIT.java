package io.berth.container;

import io.berth.testing.TestEngine;
import org.junit.jupiter.api.extension.RegisterExtension;

class NativeLauncherIT extends LauncherContract {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.withLauncher("native");

  @Override
  TestEngine fixture() {
    return FIXTURE;
  }
}
