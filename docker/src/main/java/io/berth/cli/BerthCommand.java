package io.berth.cli;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.remote.RemoteEngine;
import io.berth.remote.RemoteEngineBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code berth}: what all commands share. */
@Command(
    name = "berth",
    description = "Builds images and runs containers, without a daemon.",
    synopsisHeading = "Usage:  ",
    customSynopsis = "berth [--root DIR | -H HOST | --context NAME] COMMAND [OPTIONS] [ARG...]",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Everything is kept in one data directory: --root, else $BERTH_ROOT, else /var/lib/berth for"
          + " root and ~/.local/share/berth for others. BERTH_DEBUG=1 shows where errors come from.",
      "",
      "With -H, --context or $BERTH_HOST, the engine is one that answers the Docker Engine API,"
          + " Berth's or Docker's. $DOCKER_HOST alone changes nothing; --context default is the"
          + " engine that docker would take. $DOCKER_TLS_VERIFY and $DOCKER_CERT_PATH count.",
      "",
      "Run 'berth COMMAND --help' for more on a command."
    },
    subcommands = {
      AttachCommand.class,
      BuildCommand.class,
      BuilderCommand.class,
      CommitCommand.class,
      CompletionCommand.class,
      ContainerCommand.class,
      CpCommand.class,
      CreateCommand.class,
      DiffCommand.class,
      EventsCommand.class,
      ExecCommand.class,
      ExportCommand.class,
      HistoryCommand.class,
      ImageCommand.class,
      ImagesCommand.class,
      ImportCommand.class,
      InfoCommand.class,
      InspectCommand.class,
      KillCommand.class,
      LoadCommand.class,
      LoginCommand.class,
      LogoutCommand.class,
      LogsCommand.class,
      NetworkCommand.class,
      PauseCommand.class,
      PortCommand.class,
      PsCommand.class,
      PullCommand.class,
      PushCommand.class,
      RenameCommand.class,
      RestartCommand.class,
      RmCommand.class,
      RmiCommand.class,
      RunCommand.class,
      SaveCommand.class,
      SearchCommand.class,
      ServeCommand.class,
      StartCommand.class,
      StatsCommand.class,
      StopCommand.class,
      SystemCommand.class,
      TagCommand.class,
      TopCommand.class,
      UnpauseCommand.class,
      UpdateCommand.class,
      VersionCommand.class,
      VolumeCommand.class,
      WaitCommand.class
    })
final class BerthCommand implements Runnable {
  private final Session session;

  @Spec private CommandSpec spec;

  @Option(names = "--root", paramLabel = "DIR", description = "Data directory")
  private Path root;

  @Option(
      names = {"-H", "--host"},
      paramLabel = "HOST",
      description = "Engine to talk to: unix://PATH, tcp://HOST:PORT or ssh://USER@HOST")
  private String host;

  @Option(
      names = {"-c", "--context"},
      paramLabel = "NAME",
      description = "Engine of a context of docker's to talk to")
  private String context;

  @Option(
      names = "--certs",
      paramLabel = "DIR",
      description = "ca.pem, cert.pem and key.pem for TLS ($DOCKER_CERT_PATH)")
  private Path certificates;

  @Option(names = "--help", usageHelp = true, description = "Show this help")
  private boolean help;

  BerthCommand(Session session) {
    this.session = session;
  }

  Session session() {
    return session;
  }

  Engine open() {
    return remote()
        .map(builder -> (Engine) builder.connect())
        .orElseGet(() -> session.engines().apply(Optional.ofNullable(root)));
  }

  /** The engine on the other end of a connection, where one was asked for. */
  Optional<RemoteEngineBuilder> remote() {
    if (host != null && context != null || root != null && (host != null || context != null)) {
      throw new InvalidInputException("Only one of --root, --host and --context can be given");
    }
    String said = session.environment().getOrDefault("BERTH_HOST", "");
    boolean elsewhere = host != null || context != null || root == null && !said.isEmpty();
    if (!elsewhere) {
      return Optional.empty();
    }
    RemoteEngineBuilder builder = RemoteEngine.builder().environment(session.environment());
    if (certificates != null) {
      builder.certificates(certificates);
    }
    return Optional.of(
        context != null ? builder.context(context) : builder.host(host != null ? host : said));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
