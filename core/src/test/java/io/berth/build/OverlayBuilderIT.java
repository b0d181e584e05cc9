package io.berth.build;

import io.berth.layers.Snapshotters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class OverlayBuilderIT extends BuilderContract {
  @BeforeAll
  static void needsOverlay(@TempDir Path probe) throws IOException {
    Snapshotters.Choice choice = Snapshotters.probe(Files.createDirectory(probe.resolve("data")));
    Assumptions.assumeTrue(
        choice.driver() == Snapshotters.Driver.OVERLAY, () -> choice.reason().orElse(""));
  }

  @Override
  String driver() {
    return "overlay";
  }
}
