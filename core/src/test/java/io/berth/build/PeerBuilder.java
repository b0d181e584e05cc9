package io.berth.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Another builder of this host: buildkitd where it is there, else buildah. */
abstract class PeerBuilder implements AutoCloseable {
  /** What it knows besides the old instructions, as the cases name it. */
  abstract Set<String> features();

  /** Paths that it leaves in images although no instruction made them. */
  Set<String> leftovers() {
    return Set.of();
  }

  /**
   * Builds the context into an OCI layout or an archive.
   *
   * @param base a layout with the image {@code base}
   */
  abstract void build(DifferentialCase one, Path context, Path base, Path layout)
      throws IOException;

  static Optional<PeerBuilder> find(Path directory) throws IOException {
    if (isInstalled("buildkitd") && isInstalled("buildctl") && isInstalled("runc")) {
      return Optional.of(new BuildKit(directory));
    }
    return isInstalled("buildah") ? Optional.of(new Buildah(directory)) : Optional.empty();
  }

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  static String run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return output;
  }

  @Override
  public abstract void close() throws IOException;

  private static final class BuildKit extends PeerBuilder {
    private final String address;
    private final Process daemon;

    BuildKit(Path directory) throws IOException {
      address = "unix://" + directory.resolve("buildkit.sock");
      daemon =
          new ProcessBuilder(
                  "buildkitd",
                  "--root",
                  directory.resolve("buildkit").toString(),
                  "--addr",
                  address,
                  "--oci-worker=true",
                  "--containerd-worker=false",
                  "--oci-worker-net=host")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("buildkit.log").toFile())
              .start();
      for (int i = 0; ; i++) {
        try {
          run(List.of("buildctl", "--addr", address, "debug", "workers"));
          return;
        } catch (IOException e) {
          if (i == 600 || !daemon.isAlive()) {
            throw e;
          }
          pause();
        }
      }
    }

    private static void pause() throws IOException {
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    Set<String> features() {
      return Set.of("buildkit");
    }

    @Override
    void build(DifferentialCase one, Path context, Path base, Path layout) throws IOException {
      String index = Files.readString(base.resolve("index.json"));
      String digest = index.replaceAll("(?s).*?\"(sha256:[0-9a-f]{64})\".*", "$1");
      List<String> command =
          new ArrayList<>(
              List.of(
                  "buildctl",
                  "--addr",
                  address,
                  "build",
                  "--frontend",
                  "dockerfile.v0",
                  "--progress",
                  "plain",
                  "--local",
                  "context=" + context,
                  "--local",
                  "dockerfile=" + context,
                  "--oci-layout",
                  "base=" + base,
                  "--opt",
                  "context:base=oci-layout://base@" + digest,
                  "--output",
                  "type=oci,tar=false,dest=" + layout));
      one.args()
          .forEach(
              (name, value) -> command.addAll(List.of("--opt", "build-arg:" + name + "=" + value)));
      one.target().ifPresent(target -> command.addAll(List.of("--opt", "target=" + target)));
      run(command);
    }

    @Override
    public void close() throws IOException {
      daemon.destroy();
      try {
        daemon.waitFor();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static final class Buildah extends PeerBuilder {
    private final List<String> program;
    private boolean loaded;

    Buildah(Path directory) {
      program =
          List.of(
              "buildah",
              "--storage-driver=vfs",
              "--root=" + directory.resolve("buildah"),
              "--runroot=" + directory.resolve("buildah-run"));
    }

    private static List<String> command(List<String> program, String... arguments) {
      return Stream.concat(program.stream(), Arrays.stream(arguments)).toList();
    }

    @Override
    Set<String> features() {
      return Set.of();
    }

    @Override
    Set<String> leftovers() {
      return Set.of("/run", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf");
    }

    @Override
    void build(DifferentialCase one, Path context, Path base, Path layout) throws IOException {
      if (!loaded) {
        String id = run(command(program, "pull", "-q", "oci:" + base)).strip();
        run(command(program, "tag", id, "localhost/base"));
        loaded = true;
      }
      List<String> build =
          new ArrayList<>(
              command(
                  program,
                  "bud",
                  "--isolation=chroot",
                  "--network=host",
                  "--pull-never",
                  "--format=docker",
                  "-t",
                  "localhost/" + one.name()));
      one.args().forEach((name, value) -> build.add("--build-arg=" + name + "=" + value));
      one.target().ifPresent(target -> build.add("--target=" + target));
      build.add(context.toString());
      run(build);
      run(
          command(
              program,
              "push",
              "-q",
              "localhost/" + one.name(),
              "docker-archive:" + layout + ":theirs"));
      run(command(program, "rmi", "localhost/" + one.name()));
    }

    @Override
    public void close() {
      // Its storage is in the test's own directory.
    }
  }
}
