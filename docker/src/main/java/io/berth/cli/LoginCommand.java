package io.berth.cli;

import io.berth.api.Engine;
import io.berth.cli.linux.Terminal;
import io.berth.error.InvalidInputException;
import io.berth.registry.Credentials;
import io.berth.registry.DockerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "login",
    description = "Check a user's password on a registry, and keep it where docker does.",
    customSynopsis = "berth login [OPTIONS] [SERVER]",
    footer = {
      "",
      "It is kept in ~/.docker/config.json, or by the credential helper that this file names."
    })
final class LoginCommand extends EngineCommand {
  @Option(
      names = {"-u", "--username"},
      paramLabel = "NAME",
      description = "The user")
  private String username;

  @Option(
      names = {"-p", "--password"},
      paramLabel = "PASSWORD",
      description = "The password; others can see it then, --password-stdin is safer")
  private String password;

  @Option(names = "--password-stdin", description = "Read the password from standard input")
  private boolean fromInput;

  @Parameters(arity = "0..1", paramLabel = "SERVER", description = "The registry (Docker Hub)")
  private String server = "docker.io";

  @Override
  int run(Engine engine) throws IOException {
    if (password != null && fromInput) {
      throw new InvalidInputException("--password and --password-stdin are mutually exclusive");
    }
    if (fromInput && username == null) {
      throw new InvalidInputException("Must provide --username with --password-stdin");
    }
    if (username == null) {
      console().out().print("Username: ");
      console().out().flush();
      username = line();
    }
    if (fromInput) {
      password =
          new String(console().in().readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("[\\r\\n]+$", "");
    } else if (password == null) {
      password = secret();
    } else {
      console()
          .err()
          .println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    }
    if (username.isEmpty() || password.isEmpty()) {
      throw new InvalidInputException("Expected a user name and a password, found nothing");
    }
    Credentials credentials = Credentials.password(username, password);
    engine.images().registry().check(host(server), credentials);
    DockerConfig.ofUser().store(host(server), credentials);
    console().out().println("Login Succeeded");
    return 0;
  }

  /** {@code https://host/v1/} is what docker once wrote. */
  static String host(String server) {
    String host = server.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return host.equals("index.docker.io") ? "docker.io" : host;
  }

  /** A terminal does not show what is typed. */
  private String secret() throws IOException {
    boolean typed = session().onTerminal() && Terminal.of(0).isPresent();
    console().out().print("Password: ");
    console().out().flush();
    if (!typed) {
      return line();
    }
    try (Terminal.Raw hidden = Terminal.of(0).get().withoutEcho()) {
      return line();
    } finally {
      console().out().println();
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c;
    while ((c = console().in().read()) >= 0 && c != '\n') {
      line.write(c);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }
}
