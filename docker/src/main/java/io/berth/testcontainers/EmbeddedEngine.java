package io.berth.testcontainers;

import io.berth.api.Engine;
import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.server.ApiServer;
import io.berth.server.reaper.LabelFilter;
import io.berth.server.reaper.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that serves Testcontainers on a private socket until the JVM ends. What its sessions
 * leave behind is removed at the end of the JVM, whichever way that comes.
 */
final class EmbeddedEngine {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEngine.class);

  private final Engine engine;
  private final Session session;
  private final Watchdog watchdog;
  private final Set<LabelFilter> filters = ConcurrentHashMap.newKeySet();

  private EmbeddedEngine(Engine engine, Session session, Watchdog watchdog) {
    this.engine = engine;
    this.session = session;
    this.watchdog = watchdog;
  }

  /**
   * Starts one that serves a socket in a directory; the socket is there when this returns.
   *
   * @param directory is removed when the JVM has ended
   */
  static EmbeddedEngine start(Settings settings, Path directory) {
    Engine engine = settings.open();
    try {
      Session.sweepDead(engine);
      return serve(engine, directory);
    } catch (IOException e) {
      engine.close();
      throw new StorageException("Cannot serve Testcontainers: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static EmbeddedEngine serve(Engine engine, Path directory) throws IOException {
    Session session = Session.begin(engine.dataDirectory());
    Watchdog watchdog = Watchdog.start(engine.dataDirectory(), directory);
    EmbeddedEngine embedded = new EmbeddedEngine(engine, session, watchdog);
    ApiServer.builder(engine).unixSocket(socket(directory)).onSession(embedded::take).start();
    Runtime.getRuntime().addShutdownHook(new Thread(embedded::end, "berth-testcontainers-end"));
    return embedded;
  }

  static Path socket(Path directory) {
    return directory.resolve("docker.sock");
  }

  private void take(LabelFilter filter) {
    session.add(filter);
    filters.add(filter);
  }

  /** The server goes on: other hooks of the JVM's end may still speak to it. */
  private void end() {
    try {
      boolean removed = Files.notExists(engine.dataDirectory());
      List<String> failures = removed ? List.of() : new Sweep(engine).remove(filters);
      failures.forEach(failure -> LOG.warn("Cannot remove {}", failure));
      if (failures.isEmpty()) {
        session.end();
        watchdog.dismiss();
      }
    } catch (BerthException e) {
      LOG.warn("Cannot clean up, another process will try: {}", e.getMessage());
    }
  }
}
