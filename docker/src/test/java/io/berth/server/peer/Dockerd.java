package io.berth.server.peer;

import io.berth.server.Ran;
import io.berth.server.UnixHttp;
import io.berth.testing.TestAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * Docker's own daemon, with its files in a directory of its own and its bridges in a network
 * namespace of its own: nothing of it meets another daemon or engine of this host.
 */
final class Dockerd implements AutoCloseable {
  private static final int LONGEST_START_SECONDS = 60;

  private final Path directory;
  private final Process process;
  private final List<Process> beside = new ArrayList<>();

  private Dockerd(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /** Starts one; skips the test where it is not installed or cannot run. */
  static Dockerd start() throws IOException, InterruptedException {
    for (String command : List.of("dockerd", "unshare", "nsenter", "busybox")) {
      if (!Ran.isInstalled(command)) {
        throw new TestAbortedException("needs the command " + command);
      }
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new TestAbortedException("dockerd needs root");
    }
    // Unix sockets have short names.
    Path directory = Files.createTempDirectory("berth-dockerd-");
    Process process =
        new ProcessBuilder(
                "unshare",
                "--net",
                "sh",
                "-c",
                "busybox ip link set lo up; exec dockerd --iptables=false --ip6tables=false "
                    + "-H unix://$0/docker.sock --data-root $0/data --exec-root $0/exec "
                    + "--pidfile $0/pid",
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    Dockerd dockerd = new Dockerd(directory, process);
    try {
      dockerd.await();
    } catch (IOException | InterruptedException | RuntimeException e) {
      dockerd.close();
      throw e;
    }
    return dockerd;
  }

  private void await() throws IOException, InterruptedException {
    for (int i = 0; i < LONGEST_START_SECONDS * 10 && process.isAlive(); i++) {
      if (answers()) {
        return;
      }
      Thread.sleep(100);
    }
    List<String> log = Files.readAllLines(directory.resolve("log"));
    throw new TestAbortedException("dockerd does not run here: " + log.get(log.size() - 1));
  }

  private boolean answers() {
    try {
      return UnixHttp.ask(socket(), "GET", "/_ping", "").status() == 200;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  Path socket() {
    return directory.resolve("docker.sock");
  }

  /** Starts a command in the daemon's network; it ends with the daemon. */
  void inNetwork(String... command) throws IOException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("nsenter", "--net=/proc/" + process.pid() + "/ns/net"));
    line.addAll(List.of(command));
    beside.add(
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("beside").toFile())
            .start());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    beside.forEach(Process::destroy);
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    // It leaves the namespaces of networks mounted.
    Ran.of(
        List.of(
            "sh",
            "-c",
            "awk -v d=\"$0/\" 'index($5, d) == 1 { print $5 }' /proc/self/mountinfo | sort -r |"
                + " while read -r m; do umount -l \"$m\"; done",
            directory.toString()),
        "",
        "");
    TestAccess.remove(directory);
  }
}
