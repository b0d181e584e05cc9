package io.berth.build;

import io.berth.api.BuildLender;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The SSH agents of a build, by their ids. Steps reach them through a socket that lets them use the
 * keys, and neither add nor remove any.
 */
final class SshAgents {
  private final Map<String, List<Path>> given;
  private final BuildLender lender;

  /**
   * @param given by id: the socket of an agent, or files of private keys
   * @param lender of other agents
   */
  SshAgents(Map<String, List<Path>> given, BuildLender lender) {
    this.given = Map.copyOf(given);
    this.lender = lender;
  }

  /** A socket for one step. */
  interface Forwarding extends AutoCloseable {
    Path socket();

    @Override
    void close();
  }

  Optional<Forwarding> forward(String id) {
    List<Path> paths = given.get(id);
    if (paths == null) {
      return lender.agent(id).map(socket -> AgentProxy.open(socket, () -> {}));
    }
    if (paths.size() == 1 && !Files.isRegularFile(paths.get(0))) {
      return Optional.of(AgentProxy.open(paths.get(0), () -> {}));
    }
    return Optional.of(withKeys(paths));
  }

  /** Starts an agent of this host's OpenSSH with the keys. */
  private static Forwarding withKeys(List<Path> keys) {
    try {
      Path directory = Secrets.directory();
      Path socket = directory.resolve("agent");
      Process agent =
          new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Runnable end =
          () -> {
            agent.destroy();
            TemporaryTrees.delete(directory);
          };
      try {
        for (int i = 0; i < 200 && !Files.exists(socket) && agent.isAlive(); i++) {
          Thread.sleep(10);
        }
        add(keys, socket);
        return AgentProxy.open(socket, end);
      } catch (RuntimeException | IOException | InterruptedException e) {
        end.run();
        throw e;
      }
    } catch (IOException e) {
      throw new BerthException(
          "Cannot run ssh-agent, which holds the keys for the build: "
              + e.getMessage()
              + "; install it (package openssh-client), or give the socket of an agent",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("The build was interrupted", e);
    }
  }

  private static void add(List<Path> keys, Path socket) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ssh-add", "-q"));
    keys.forEach(key -> command.add(key.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SSH_AUTH_SOCK", socket.toString());
    builder.environment().put("SSH_ASKPASS_REQUIRE", "never");
    Process process = builder.redirectInput(Path.of("/dev/null").toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new InvalidInputException(
          "The SSH keys " + keys + " cannot be used: " + output.strip());
    }
  }
}
