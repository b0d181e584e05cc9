package io.berth.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * Debian's docker-registry on a free port of this machine; skips the test where it is not
 * installed.
 *
 * <pre>{@code
 * try (DockerRegistry registry = DockerRegistry.start(directory)) {
 *   berth.images().push(registry.address() + "/app").execute();
 * }
 * }</pre>
 */
public final class DockerRegistry implements AutoCloseable {
  public static final String USER = "tester";
  public static final String PASSWORD = "se:cret";

  // bcrypt of the password, the only kind that docker-registry takes.
  private static final String HASH = "$2b$05$abcdefghijklmnopqrstuuWqeDdmk0qhXLYvA33lbC9M700ynI2Oa";

  private final Process process;
  private final int port;
  private final Optional<Path> authority;

  private DockerRegistry(Process process, int port, Optional<Path> authority) {
    this.process = process;
    this.port = port;
    this.authority = authority;
  }

  /** One that asks for nothing. */
  public static DockerRegistry start(Path directory) {
    return start(directory, false, false);
  }

  /**
   * @param password whether {@link #USER} and {@link #PASSWORD} are needed
   * @param tls whether it has a certificate, of an authority of its own
   */
  public static DockerRegistry start(Path directory, boolean password, boolean tls) {
    try {
      Files.createDirectories(directory);
      int port = FreePort.find();
      List<String> config = new ArrayList<>();
      config.add("version: 0.1");
      config.add("log: {level: error, accesslog: {disabled: true}}");
      config.add(
          "storage: {filesystem: {rootdirectory: "
              + directory.resolve("data")
              + "}, delete: {enabled: true}}");
      config.add("http:");
      config.add("  addr: 127.0.0.1:" + port);
      Optional<Path> authority = Optional.empty();
      if (tls) {
        authority = Optional.of(certificate(directory));
        config.add(
            "  tls: {certificate: "
                + authority.get()
                + ", key: "
                + directory.resolve("key.pem")
                + "}");
      }
      if (password) {
        Path users = directory.resolve("htpasswd");
        Files.writeString(users, USER + ":" + HASH + "\n");
        config.add("auth: {htpasswd: {realm: test, path: " + users + "}}");
      }
      Path file = Files.write(directory.resolve("config.yml"), config);
      Process process = run(directory, "docker-registry", "serve", file.toString());
      await(process, port, directory.resolve("docker-registry.log"));
      return new DockerRegistry(process, port, authority);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Host and port, as in image names. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** The certificate, which is its own authority. */
  public Path authority() {
    return authority.orElseThrow();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes a certificate for this machine that is its own authority, with its key beside it. */
  public static Path certificate(Path directory) throws IOException {
    Path certificate = directory.resolve("cert.pem");
    Process process =
        command(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=berth-test",
                "-addext",
                "subjectAltName=IP:127.0.0.1,DNS:localhost",
                "-keyout",
                directory.resolve("key.pem").toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!Files.exists(certificate)) {
      throw new IOException(output);
    }
    return certificate;
  }

  private static Process run(Path directory, String program, String... args) throws IOException {
    List<String> line = new ArrayList<>(List.of(program));
    line.addAll(List.of(args));
    ProcessBuilder builder = command(line.toArray(String[]::new));
    builder.environment().put("OTEL_TRACES_EXPORTER", "none");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(program + ".log").toFile())
        .start();
  }

  private static ProcessBuilder command(String... line) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, line[0]))) {
        return new ProcessBuilder(line);
      }
    }
    throw new TestAbortedException("needs " + line[0] + ", which is not installed");
  }

  private static void await(Process process, int port, Path log) throws IOException {
    for (int attempt = 0; attempt < 1200 && process.isAlive(); attempt++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        try {
          Thread.sleep(50);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          break;
        }
      }
    }
    process.destroyForcibly();
    throw new IOException("docker-registry does not answer: " + Files.readString(log));
  }
}
