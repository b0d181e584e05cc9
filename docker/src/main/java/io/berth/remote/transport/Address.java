package io.berth.remote.transport;

import io.berth.error.InvalidInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where an engine is, as docker's {@code -H} and {@code DOCKER_HOST} name it. */
public final class Address {
  /** The socket that docker takes when nothing is said. */
  public static final String DEFAULT = "unix:///var/run/docker.sock";

  private static final String UNIX = "unix://";
  private static final int PLAIN_PORT = 2375;
  private static final int TLS_PORT = 2376;

  private final String text;
  private final Dialer dialer;

  private Address(String text, Dialer dialer) {
    this.text = text;
    this.dialer = dialer;
  }

  /** Reads an address, for which ssh needs no more options. */
  public static Address parse(String text, Optional<Tls> tls) {
    return parse(text, tls, List.of("ssh"));
  }

  /**
   * Reads an address.
   *
   * @param text {@code unix://PATH}, {@code tcp://HOST[:PORT]} or {@code ssh://[USER@]HOST[:PORT]}
   * @param tls for TCP; without it nothing is encrypted
   * @param ssh the command, with options
   * @throws InvalidInputException when it is none of those
   */
  public static Address parse(String text, Optional<Tls> tls, List<String> ssh) {
    if (text.startsWith(UNIX)) {
      String path = text.substring(UNIX.length());
      if (!path.startsWith("/")) {
        throw invalid(text, null);
      }
      return new Address(text, new UnixDialer(Path.of(path)));
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw invalid(text, e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    String host = uri.getHost();
    if (host == null) {
      throw invalid(text, null);
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    Dialer dialer =
        switch (scheme) {
          case "tcp", "http", "https" -> tcp(text, uri, bare, tls);
          case "ssh" ->
              new SshDialer(
                  ssh,
                  bare,
                  Optional.ofNullable(uri.getUserInfo()),
                  uri.getPort() < 0 ? Optional.empty() : Optional.of(uri.getPort()));
          default -> throw invalid(text, null);
        };
    return new Address(text, dialer);
  }

  private static Dialer tcp(String text, URI uri, String host, Optional<Tls> tls) {
    if (uri.getScheme().equals("https") && tls.isEmpty()) {
      throw new InvalidInputException(
          "No certificates for " + text + ": give the directory of ca.pem, cert.pem and key.pem");
    }
    int usual = tls.isPresent() ? TLS_PORT : PLAIN_PORT;
    return new TcpDialer(host, uri.getPort() < 0 ? usual : uri.getPort(), tls);
  }

  private static InvalidInputException invalid(String text, Exception cause) {
    return new InvalidInputException(
        "Invalid address of an engine \""
            + text
            + "\": expected unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST",
        cause);
  }

  Dialer dialer() {
    return dialer;
  }

  @Override
  public String toString() {
    return text;
  }
}
