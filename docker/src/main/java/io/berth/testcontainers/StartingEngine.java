package io.berth.testcontainers;

import io.berth.error.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * An engine that starts in a thread of its own: most of the time goes into loading classes, and
 * Testcontainers has as many to load meanwhile. When it is there the thread goes on with the
 * classes that the first container needs.
 */
final class StartingEngine {
  private final Path directory;
  private final CompletableFuture<EmbeddedEngine> engine = new CompletableFuture<>();

  private StartingEngine(Path directory) {
    this.directory = directory;
  }

  static StartingEngine begin(Settings settings) {
    StartingEngine starting;
    try {
      starting = new StartingEngine(Files.createTempDirectory("berth-tc-"));
    } catch (IOException e) {
      throw new StorageException("Cannot serve Testcontainers: " + e.getMessage(), e);
    }
    Thread thread = new Thread(() -> starting.run(settings), "berth-testcontainers-start");
    thread.setDaemon(true);
    thread.start();
    return starting;
  }

  private void run(Settings settings) {
    try {
      engine.complete(EmbeddedEngine.start(settings, directory));
    } catch (RuntimeException | Error e) {
      directory.toFile().delete();
      engine.completeExceptionally(e);
      return;
    }
    loadClasses();
  }

  /** Where it serves, once {@link #await} has returned. */
  URI address() {
    return URI.create("unix://" + EmbeddedEngine.socket(directory));
  }

  /** Waits until it serves; throws what has kept it from that. */
  void await() {
    try {
      engine.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Loads what a start was seen to need; the names of a past release do no harm. {@code
   * script/startup-classes} writes the list.
   */
  private static void loadClasses() {
    ClassLoader loader = StartingEngine.class.getClassLoader();
    try (InputStream list = StartingEngine.class.getResourceAsStream("startup-classes.txt")) {
      if (list == null) {
        return;
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(list, StandardCharsets.US_ASCII));
      for (String name = lines.readLine(); name != null; name = lines.readLine()) {
        load(name, loader);
      }
    } catch (IOException e) {
      // They are loaded when they are needed.
    }
  }

  private static void load(String name, ClassLoader loader) {
    try {
      Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      // Another release of a library.
    }
  }
}
