package io.berth.server;

import io.berth.error.ConflictException;
import io.berth.error.StorageException;
import io.berth.server.http.HttpTransport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a unix socket. */
record UnixSocket(Path path) {
  private static final String MODE = "rw-rw----";

  /**
   * Listens. The socket gets its name once it has its mode, so nobody else can connect before.
   *
   * @throws ConflictException when somebody listens there already
   */
  static UnixSocket listen(Path path, HttpTransport transport) {
    Path socket = path.toAbsolutePath().normalize();
    if (Files.exists(socket) && isAlive(socket)) {
      throw new ConflictException(
          "Cannot listen on " + socket + ": another server does. Stop it, or choose another path.");
    }
    try {
      Files.createDirectories(socket.getParent());
      Path closed =
          Files.createTempDirectory(
              socket.getParent(),
              ".b",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path fresh = closed.resolve("s");
      try {
        transport.listen(UnixDomainSocketAddress.of(fresh));
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(MODE));
        Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
        Files.delete(closed);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot listen on " + socket + ": " + e.getMessage(), e);
    }
    return new UnixSocket(socket);
  }

  private static boolean isAlive(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  void remove() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next server replaces it.
    }
  }
}
