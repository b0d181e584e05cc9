package io.berth.testcontainers;

import io.berth.api.Engine;
import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.server.ApiServer;
import io.berth.server.reaper.LabelFilter;
import io.berth.server.reaper.Sweep;
import io.berth.settings.EngineSettings;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An engine that serves Testcontainers on a private socket until the JVM ends, and knows what the
 * sessions of its clients may leave behind.
 */
final class EmbeddedEngine {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedEngine.class);
  private static final int BACKLOG = 128;

  private final Engine engine;
  private final Session session;
  private final Set<LabelFilter> filters = ConcurrentHashMap.newKeySet();
  private boolean ended;

  private EmbeddedEngine(Engine engine, Session session) {
    this.engine = engine;
    this.session = session;
  }

  /** Listens in a directory that nobody else may enter, for {@link #start}. */
  static ServerSocketChannel listen(Path directory) throws IOException {
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      return socket.bind(UnixDomainSocketAddress.of(StartingEngine.socket(directory)), BACKLOG);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Removes the directory and the socket in it. */
  static void remove(Path directory) {
    StartingEngine.socket(directory).toFile().delete();
    directory.toFile().delete();
  }

  /**
   * Starts one that serves a socket. When it cannot, the clients that wait are hung up on, and the
   * directory is gone.
   */
  static EmbeddedEngine start(EngineSettings settings, Path directory, ServerSocketChannel socket) {
    try {
      return start(settings, socket);
    } catch (IOException e) {
      abandon(directory, socket);
      throw new StorageException("Cannot serve Testcontainers: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      abandon(directory, socket);
      throw e;
    }
  }

  private static void abandon(Path directory, ServerSocketChannel socket) {
    remove(directory);
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  private static EmbeddedEngine start(EngineSettings settings, ServerSocketChannel socket)
      throws IOException {
    Engine engine = settings.open();
    try {
      Session.sweepDead(engine);
      EmbeddedEngine embedded = new EmbeddedEngine(engine, Session.begin(engine.dataDirectory()));
      ApiServer.builder(engine).unixSocket(socket).onSession(embedded::take).start();
      return embedded;
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private void take(LabelFilter filter) {
    session.add(filter);
    filters.add(filter);
  }

  /**
   * Removes what the sessions have left. What cannot be removed now is left to the next JVM that
   * uses the data directory. The server goes on.
   */
  synchronized void cleanUp() {
    if (ended) {
      return;
    }
    try {
      boolean removed = Files.notExists(engine.dataDirectory());
      List<String> failures = removed ? List.of() : new Sweep(engine).remove(filters);
      failures.forEach(failure -> LOG.warn("Cannot remove {}", failure));
      if (failures.isEmpty()) {
        session.end();
        ended = true;
      }
    } catch (BerthException e) {
      LOG.warn("Cannot clean up, the next JVM will try: {}", e.getMessage());
    }
  }
}
