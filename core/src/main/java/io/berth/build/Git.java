package io.berth.build;

import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Fetches from git repositories, with the {@code git} program of this host. */
final class Git {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
  private static final Set<String> REMOTE = Set.of("ls-remote", "fetch", "submodule");

  private final SshAgents agents;

  /**
   * @param agents of which the one named "default" has the keys for repositories over SSH
   */
  Git(SshAgents agents) {
    this.agents = agents;
  }

  /** The commit that a URL names now. */
  String commit(GitUrl url) {
    if (COMMIT.matcher(url.ref()).matches()) {
      return url.ref();
    }
    String ref = url.ref().isEmpty() ? "HEAD" : url.ref();
    checkArgument(url.remote());
    checkArgument(ref);
    List<String> lines = run(null, "ls-remote", url.remote(), ref, ref + "^{}").lines().toList();
    // An annotated tag has its own line and, with ^{}, that of its commit.
    for (String suffix : List.of("refs/tags/" + ref + "^{}", "refs/heads/" + ref, "")) {
      for (String line : lines) {
        String[] parts = line.split("\t", 2);
        boolean wanted = suffix.isEmpty() || parts.length == 2 && parts[1].equals(suffix);
        if (wanted && COMMIT.matcher(parts[0]).matches()) {
          return parts[0];
        }
      }
    }
    throw new NotFoundException(
        "there is no branch or tag " + ref + " in " + url.remote() + "; check its spelling");
  }

  /**
   * Checks a commit out.
   *
   * @param directory empty
   * @param keepGitDirectory whether {@code .git} stays
   * @return the wanted directory of the repository
   */
  Path checkOut(GitUrl url, String commit, Path directory, boolean keepGitDirectory) {
    checkArgument(url.remote());
    run(directory, "init", "--quiet", ".");
    run(directory, "remote", "add", "origin", url.remote());
    try {
      run(directory, "fetch", "--quiet", "--depth=1", "origin", commit);
    } catch (BerthException e) {
      // Not every server gives a commit by its name.
      run(directory, "fetch", "--quiet", "--tags", "origin");
    }
    run(directory, "checkout", "--quiet", "--detach", commit);
    if (Files.exists(directory.resolve(".gitmodules"))) {
      run(directory, "submodule", "update", "--quiet", "--init", "--recursive", "--depth=1");
    }
    if (!keepGitDirectory) {
      TemporaryTrees.delete(directory.resolve(".git"));
    }
    return inside(directory, url.directory())
        .orElseThrow(
            () ->
                new NotFoundException(
                    "there is no directory "
                        + url.directory()
                        + " in "
                        + url.remote()
                        + " at "
                        + commit));
  }

  /** A directory of the repository; its links may lead to another one of it, and nowhere else. */
  private static Optional<Path> inside(Path repository, String directory) {
    try {
      Path top = repository.toRealPath();
      return Optional.of(top.resolve(directory).toRealPath())
          .filter(path -> path.startsWith(top) && Files.isDirectory(path));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static void checkArgument(String text) {
    if (text.startsWith("-") || text.contains("::")) {
      throw new InvalidInputException("not the URL or name of something in git: " + text);
    }
  }

  private String run(Path directory, String... arguments) {
    Optional<SshAgents.Forwarding> agent =
        REMOTE.contains(arguments[0]) ? agents.forward("default") : Optional.empty();
    try {
      return run(directory, agent.map(SshAgents.Forwarding::socket), arguments);
    } finally {
      agent.ifPresent(SshAgents.Forwarding::close);
    }
  }

  private static String run(Path directory, Optional<Path> agent, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    Map<String, String> env = builder.environment();
    env.keySet().removeIf(name -> name.startsWith("GIT_") && !name.equals("GIT_SSH_COMMAND"));
    env.put("GIT_TERMINAL_PROMPT", "0");
    env.put("LC_ALL", "C");
    agent.ifPresent(socket -> env.put("SSH_AUTH_SOCK", socket.toString()));
    try {
      Path errors = Files.createTempFile("berth-git", ".err");
      try {
        Process process =
            builder
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
          throw new BerthException(
              "git " + arguments[0] + " failed: " + Files.readString(errors).strip());
        }
        return output;
      } finally {
        Files.deleteIfExists(errors);
      }
    } catch (IOException e) {
      throw new BerthException(
          "Cannot run git, which fetches repositories: "
              + e.getMessage()
              + "; install it (package git), or give the files as a directory",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("git was interrupted", e);
    }
  }
}
