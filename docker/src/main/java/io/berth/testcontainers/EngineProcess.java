package io.berth.testcontainers;

import io.berth.error.StorageException;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine in a process of its own, that ends with this JVM and removes what the tests have left,
 * also when this JVM is killed: see {@link EngineMain}. A test's JVM can neither map the classes of
 * the engine from a file nor compile them as little as they deserve; that process can, and takes a
 * third of the time. Nor do the tests and the engine share a heap and a class path then.
 */
final class EngineProcess implements StartingEngine {
  private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);

  /** After it this JVM ends all the same, and the process goes on by itself. */
  private static final long PATIENCE_SECONDS = 60;

  private final Path directory;
  private final Process process;
  private final DataOutputStream commands;
  private final CompletableFuture<Void> listening = new CompletableFuture<>();
  private final CompletableFuture<Void> serving = new CompletableFuture<>();
  private final CompletableFuture<Void> clean = new CompletableFuture<>();

  private EngineProcess(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
    this.commands = new DataOutputStream(process.getOutputStream());
  }

  /**
   * Starts a process that gets ready for {@link #open}: it has no engine yet, and ends by itself
   * when it is not wanted within a minute.
   */
  static EngineProcess start(EngineCommand command) throws IOException {
    Path directory = Files.createTempDirectory("berth-tc-");
    EngineProcess engine = new EngineProcess(directory, command.start(EngineMain.class, directory));
    Thread reader = new Thread(engine::read, "berth-testcontainers-engine");
    reader.setDaemon(true);
    reader.start();
    engine.give(Settings.ofThisJvm());
    return engine;
  }

  /** Whether it still waits for {@link #open}. */
  boolean isReady() {
    return process.isAlive();
  }

  /** Lets it open its engine. */
  void open(Settings settings) {
    give(settings.ofEngine());
    Runtime.getRuntime().addShutdownHook(new Thread(this::cleanUp, "berth-testcontainers-end"));
  }

  /** Ends it before it was told to open an engine. */
  void dismiss() {
    process.destroyForcibly();
    EmbeddedEngine.remove(directory);
  }

  private void give(Map<String, String> properties) {
    try {
      commands.writeInt(properties.size());
      for (Map.Entry<String, String> property : properties.entrySet()) {
        commands.writeUTF(property.getKey());
        commands.writeUTF(property.getValue());
      }
      commands.flush();
    } catch (IOException e) {
      // It has ended; what it has written says why.
    }
  }

  private void read() {
    String last = "it said nothing";
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!understand(line)) {
          last = line;
          LOG.warn("{}", line);
        }
      }
    } catch (IOException e) {
      last = e.getMessage();
    }
    fail("The process of the engine has ended: " + last);
  }

  private boolean understand(String line) {
    if (line.equals(EngineMain.LISTENING)) {
      return listening.complete(null);
    } else if (line.equals(EngineMain.SERVING)) {
      return serving.complete(null);
    } else if (line.equals(EngineMain.CLEAN)) {
      return clean.complete(null);
    } else if (line.startsWith(EngineMain.FAILED)) {
      fail(line.substring(EngineMain.FAILED.length()));
      return true;
    }
    return false;
  }

  private void fail(String reason) {
    StorageException failure = new StorageException("Cannot serve Testcontainers: " + reason);
    listening.completeExceptionally(failure);
    serving.completeExceptionally(failure);
    clean.completeExceptionally(failure);
  }

  @Override
  public URI address() {
    StartupClasses.CLIENT.loadUntil(listening::isDone);
    join(listening);
    return URI.create("unix://" + StartingEngine.socket(directory));
  }

  @Override
  public void await() {
    join(serving);
  }

  private static void join(CompletableFuture<Void> state) {
    try {
      state.get();
    } catch (ExecutionException e) {
      throw (StorageException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("Interrupted while the engine for Testcontainers started", e);
    }
  }

  /** The process goes on: other hooks of the JVM's end may still speak to it. */
  private void cleanUp() {
    if (serving.isCompletedExceptionally()) {
      return;
    }
    try {
      commands.write(EngineMain.CLEAN_UP);
      commands.flush();
      clean.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.warn("Cannot wait until the engine has cleaned up: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
