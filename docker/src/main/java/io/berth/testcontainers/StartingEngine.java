package io.berth.testcontainers;

import io.berth.error.StorageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An engine that starts while Testcontainers loads its client: most of the time goes into loading
 * classes, and both have as many to load.
 */
interface StartingEngine {
  /**
   * Begins to start one, in a process of its own where there can be one; see {@link EngineProcess}.
   *
   * @param ahead a process that was started before it was clear that there would be an engine
   */
  static StartingEngine begin(Settings settings, Optional<EngineProcess> ahead) {
    try {
      if (settings.inProcess()) {
        ahead.ifPresent(EngineProcess::dismiss);
        return EngineThread.start(settings);
      }
      Optional<EngineProcess> process = ahead.filter(EngineProcess::isReady);
      if (process.isEmpty()) {
        process = startProcess();
      }
      if (process.isEmpty()) {
        return EngineThread.start(settings);
      }
      process.get().open(settings);
      return process.get();
    } catch (IOException e) {
      throw new StorageException("Cannot serve Testcontainers: " + e.getMessage(), e);
    }
  }

  /** A process that waits for its engine; empty where there can be none. */
  static Optional<EngineProcess> startProcess() throws IOException {
    Optional<EngineCommand> command = EngineCommand.find();
    return command.isPresent() ? Optional.of(EngineProcess.start(command.get())) : Optional.empty();
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
