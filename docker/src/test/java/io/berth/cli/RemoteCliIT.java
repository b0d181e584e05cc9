package io.berth.cli;

import io.berth.server.ApiServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same commands, with an engine on the other end of a socket. */
class RemoteCliIT extends CliIT {
  private static ApiServer server;

  @BeforeAll
  static void serve() {
    server =
        ApiServer.builder(FIXTURE.engine())
            .unixSocket(FIXTURE.dataDirectory().resolve("api.sock"))
            .version("test")
            .start();
    ENVIRONMENT.put("BERTH_HOST", "unix://" + server.unixSockets().get(0));
  }

  @AfterAll
  static void stop() {
    ENVIRONMENT.clear();
    server.close();
  }
}
