package io.berth.remote;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.server.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority made with openssl, a server's certificate of it, and directories for clients. */
final class TestCertificates {
  private final Path directory;

  TestCertificates(Path directory) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "needs openssl");
    this.directory = directory;
    authority("ca");
    authority("stranger");
    signed("server", "ca", "subjectAltName=IP:127.0.0.1,DNS:localhost");
    signed("client", "ca", "extendedKeyUsage=clientAuth");
    signed("other", "stranger", "extendedKeyUsage=clientAuth");
  }

  private void authority(String name) throws Exception {
    openssl(
        "req -x509 -nodes -days 2 -newkey rsa:2048 -subj /CN=" + name,
        "-keyout",
        file(name + ".key"),
        "-out",
        file(name + ".crt"));
  }

  private void signed(String name, String by, String extension) throws Exception {
    Files.writeString(directory.resolve(name + ".ext"), extension + "\n");
    openssl(
        "req -nodes -newkey rsa:2048 -subj /CN=" + name,
        "-keyout",
        file(name + ".key"),
        "-out",
        file(name + ".csr"));
    openssl(
        "x509 -req -days 2 -CAcreateserial",
        "-in",
        file(name + ".csr"),
        "-CA",
        file(by + ".crt"),
        "-CAkey",
        file(by + ".key"),
        "-extfile",
        file(name + ".ext"),
        "-out",
        file(name + ".crt"));
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private static void openssl(String words, String... more) throws Exception {
    List<String> line = new ArrayList<>(List.of("openssl"));
    line.addAll(List.of(words.split(" ")));
    line.addAll(List.of(more));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException(line + ": " + output);
    }
  }

  /** For the server: clients have to be of its authority. */
  TlsFiles server() {
    return new TlsFiles(
        directory.resolve("ca.crt"),
        directory.resolve("server.crt"),
        directory.resolve("server.key"));
  }

  /** What docker calls a certificate path: ca.pem, cert.pem, key.pem. */
  Path client(String name, String trusted) throws IOException {
    Path client = Files.createDirectory(directory.resolve(name + "-of-" + trusted));
    Files.copy(directory.resolve(trusted + ".crt"), client.resolve("ca.pem"));
    Files.copy(directory.resolve(name + ".crt"), client.resolve("cert.pem"));
    Files.copy(directory.resolve(name + ".key"), client.resolve("key.pem"));
    return client;
  }
}
