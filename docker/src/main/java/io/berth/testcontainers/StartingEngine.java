package io.berth.testcontainers;

import io.berth.error.StorageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An engine that starts while Testcontainers loads its client: most of the time goes into loading
 * classes, and both have as many to load.
 */
interface StartingEngine {
  /**
   * Begins to start one, in a process of its own where there can be one; see {@link EngineProcess}.
   */
  static StartingEngine begin(Settings settings) {
    Optional<EngineCommand> command =
        settings.inProcess() ? Optional.empty() : EngineCommand.find();
    try {
      Path directory = Files.createTempDirectory("berth-tc-");
      return command.isPresent()
          ? EngineProcess.start(command.get(), settings.properties(), directory)
          : EngineThread.start(settings, directory);
    } catch (IOException e) {
      throw new StorageException("Cannot serve Testcontainers: " + e.getMessage(), e);
    }
  }

  /** The socket in the directory of an engine. */
  static Path socket(Path directory) {
    return directory.resolve("docker.sock");
  }

  /** Where it serves. Who connects before it does is answered when it does. */
  URI address();

  /** Waits until it serves; throws what has kept it from that. */
  void await();
}
