package io.berth.remote;

import io.berth.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An sshd on a port of loopback, with keys of its own, that lets in this user alone. */
final class SshHost implements AutoCloseable {
  private final Path directory;
  private final int port;
  private final Process process;

  /**
   * @param variable that the programs of the host have, such as {@code DOCKER_HOST=unix:///s}
   */
  SshHost(Path directory, String variable) throws Exception {
    this.directory = directory;
    port = FreePort.find();
    key("host");
    key("user");
    Files.copy(directory.resolve("user.pub"), directory.resolve("authorized"));
    Path config = directory.resolve("sshd_config");
    Files.writeString(
        config,
        """
        ListenAddress 127.0.0.1:%d
        HostKey %s
        AuthorizedKeysFile %s
        SetEnv %s
        PidFile none
        StrictModes no
        UsePAM no
        PermitRootLogin prohibit-password
        """
            .formatted(port, directory.resolve("host"), directory.resolve("authorized"), variable));
    Files.createDirectories(Path.of("/run/sshd"));
    process =
        new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("sshd.log").toFile())
            .start();
    await();
  }

  private void key(String name) throws Exception {
    int code =
        new ProcessBuilder(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name)))
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException("ssh-keygen exited with " + code);
    }
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void await() throws Exception {
    for (int i = 0; i < 1200; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    throw new IllegalStateException("sshd: " + Files.readString(directory.resolve("sshd.log")));
  }

  String address() {
    return "ssh://127.0.0.1:" + port;
  }

  /** The command that knows the keys. */
  String client() {
    return "ssh -F /dev/null -i "
        + path("user")
        + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null";
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
