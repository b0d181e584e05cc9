package io.berth.testcontainers;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** An engine in a thread of this JVM, where it can have no process of its own. */
final class EngineThread implements StartingEngine {
  private final Path directory;
  private final CompletableFuture<EmbeddedEngine> engine = new CompletableFuture<>();

  private EngineThread(Path directory) {
    this.directory = directory;
  }

  static EngineThread start(Settings settings) throws IOException {
    Path directory = Files.createTempDirectory("berth-tc-");
    EngineThread starting = new EngineThread(directory);
    ServerSocketChannel socket = EmbeddedEngine.listen(directory);
    Thread thread = new Thread(() -> starting.run(settings, socket), "berth-testcontainers-start");
    thread.setDaemon(true);
    thread.start();
    return starting;
  }

  private void run(Settings settings, ServerSocketChannel socket) {
    try {
      EmbeddedEngine embedded = EmbeddedEngine.start(settings.engine(), directory, socket);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> end(embedded), "berth-testcontainers-end"));
      engine.complete(embedded);
    } catch (RuntimeException | Error e) {
      engine.completeExceptionally(e);
      return;
    }
    StartupClasses.ENGINE.load();
  }

  /** The server goes on: other hooks of the JVM's end may still speak to it. */
  private void end(EmbeddedEngine embedded) {
    embedded.cleanUp();
    EmbeddedEngine.remove(directory);
  }

  @Override
  public URI address() {
    return URI.create("unix://" + StartingEngine.socket(directory));
  }

  @Override
  public void await() {
    try {
      engine.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
