package io.berth.build;

import io.berth.layers.Snapshotters;
import io.berth.testing.TestAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class OverlayBuilderIT extends BuilderContract {
  @BeforeAll
  static void needsOverlay(@TempDir Path probe) throws IOException {
    Path data = Files.createDirectory(probe.resolve("data"));
    Snapshotters.Choice choice = Snapshotters.probe(data, TestAccess.of(data));
    Assumptions.assumeTrue(
        choice.driver().toString().startsWith("overlay"), () -> choice.reason().orElse(""));
  }

  @Override
  String driver() {
    return "overlay";
  }
}
