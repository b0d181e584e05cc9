package io.berth.server;

import io.berth.api.Engine;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An engine on a temporary directory, served on a unix socket, for the tests of a class. */
public final class Served implements BeforeAllCallback, AfterAllCallback {
  private final TestEngine engine = TestEngine.create();
  private ApiServer server;

  public Engine engine() {
    return engine.engine();
  }

  public Path socket() {
    return server.unixSockets().get(0);
  }

  public String host() {
    return "unix://" + socket();
  }

  /** Runs a command with this as Docker's host. */
  public Ran run(List<String> command) throws IOException, InterruptedException {
    return Ran.of(command, "", host());
  }

  /** Runs the docker command. */
  public Ran docker(String... arguments) throws IOException, InterruptedException {
    return dockerReading("", arguments);
  }

  public Ran dockerReading(String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Ran.of(command, input, host());
  }

  /** Runs the docker command, which must succeed; gives what it printed. */
  public String ok(String... arguments) throws IOException, InterruptedException {
    Ran ran = docker(arguments);
    if (ran.code() != 0) {
      throw new AssertionError(
          "docker "
              + String.join(" ", arguments)
              + " exited with "
              + ran.code()
              + ": "
              + ran.err());
    }
    return ran.out().strip();
  }

  public UnixHttp.Reply ask(String method, String path, String json) throws IOException {
    return UnixHttp.ask(socket(), method, path, json);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    engine.beforeAll(context);
    server =
        ApiServer.builder(engine())
            .unixSocket(engine.dataDirectory().resolve("api.sock"))
            .version("test")
            .start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (server != null) {
      server.close();
    }
    engine.afterAll(context);
  }
}
