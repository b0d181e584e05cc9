package io.berth.registry.server;

import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.layers.BlobStore;
import io.berth.linux.FileLock;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * A registry in this process, for tests and for hosts without a network. It answers the OCI
 * distribution-spec 1.1: pull, push in one request or in chunks, mounts, tags, referrers, deletion,
 * ranges.
 *
 * <pre>{@code
 * try (RegistryServer registry = RegistryServer.builder().directory(dir).start()) {
 *   String image = registry.address() + "/team/app:1";   // localhost:40123/team/app:1
 *   ...
 * }
 * }</pre>
 *
 * <p>What is pushed is in the directory, each blob once, and is there again when a server is
 * started with it later. A blob is kept for as long as a repository has it. Uploads that are cut
 * leave nothing.
 */
public final class RegistryServer implements AutoCloseable {
  private final HttpServer server;
  private final Uploads uploads;
  private final UnusedBlobs unused;
  private final FileLock lock;
  private final String host;
  private final boolean secure;

  private RegistryServer(Builder builder) {
    Path directory =
        builder.directory.orElseThrow(
            () -> new InvalidInputException("A registry needs a directory: set directory(...)"));
    this.host = builder.host;
    this.secure = builder.tls.isPresent();
    this.lock = lock(directory);
    try {
      BlobStore blobs = BlobStore.openDurable(directory);
      Repositories repositories = new Repositories(makeRoot(directory), blobs);
      this.uploads = new Uploads(blobs, builder.maxBlobSize, builder.clock);
      Manifests manifests = new Manifests(repositories);
      this.unused = new UnusedBlobs(repositories, manifests, builder.clock);
      RegistryApi api =
          new RegistryApi(
              repositories, manifests, unused, uploads, new BasicAuth(builder.passwords));
      this.server = new HttpServer(new InetSocketAddress(host, builder.port), builder.tls, api);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static FileLock lock(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e.getMessage(), e);
    }
    return FileLock.tryExclusive(directory.resolve("lock"))
        .orElseThrow(
            () ->
                new ConflictException(
                    "Another registry serves " + directory + "; stop it or use another directory"));
  }

  private static Path makeRoot(Path directory) {
    Path root = directory.resolve("repositories");
    try {
      return Files.createDirectories(root);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + root + ": " + e.getMessage(), e);
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What image names begin with: host and port. */
  public String address() {
    return host + ":" + port();
  }

  public int port() {
    return server.port();
  }

  /** Where clients connect to, such as {@code http://localhost:5000/}. */
  public URI uri() {
    return URI.create((secure ? "https" : "http") + "://" + address() + "/");
  }

  /**
   * Removes blobs that no manifest of their repository refers to, and that nobody pushed or asked
   * for in the last hour. Deleting a manifest does so for its repository; what pushes without a
   * manifest have left goes only by this. Clients need not be stopped for it.
   *
   * @return how many were removed
   */
  public int removeUnusedBlobs() {
    return unused.remove();
  }

  /** Stops at once: connections are cut, and unfinished uploads are forgotten. */
  @Override
  public void close() {
    server.close();
    uploads.close();
    lock.close();
  }

  /** How to start a registry. */
  public static final class Builder {
    private Optional<Path> directory = Optional.empty();
    private String host = "localhost";
    private int port;
    private final Map<String, String> passwords = new HashMap<>();
    private Optional<SslContext> tls = Optional.empty();
    private long maxBlobSize = Long.MAX_VALUE;
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /** Where everything is kept; made when it is missing. Serves one registry at a time. */
    public Builder directory(Path path) {
      directory = Optional.of(path);
      return this;
    }

    /** The host name or address to listen at; {@code localhost} unless set. */
    public Builder host(String name) {
      host = Objects.requireNonNull(name, "name");
      return this;
    }

    /** The port; 0, which is the default, takes a free one. */
    public Builder port(int number) {
      if (number < 0 || number > 65535) {
        throw new InvalidInputException("Expected a port from 0 to 65535, found " + number);
      }
      port = number;
      return this;
    }

    /** Lets only this user in, and others added in the same way. */
    public Builder basicAuth(String user, String password) {
      if (user.isEmpty() || user.indexOf(':') >= 0) {
        throw new InvalidInputException(
            "Expected a user name without colon, found \"" + user + "\"");
      }
      passwords.put(user, password);
      return this;
    }

    /** Serves HTTPS with a certificate chain and its unencrypted key (PKCS #8), both PEM files. */
    public Builder tls(Path certificates, Path key) {
      try {
        tls = Optional.of(SslContextBuilder.forServer(certificates.toFile(), key.toFile()).build());
        return this;
      } catch (IOException | IllegalArgumentException e) {
        throw new InvalidInputException(
            "Cannot use certificate " + certificates + " with key " + key + ": " + e.getMessage(),
            e);
      }
    }

    /** Serves HTTPS with what the context holds. */
    public Builder tls(SSLContext context) {
      tls = Optional.of(new JdkSslContext(context, false, ClientAuth.NONE));
      return this;
    }

    /** Refuses blobs of more bytes than these. */
    public Builder maxBlobSize(long bytes) {
      if (bytes < 0) {
        throw new InvalidInputException("Expected a size of at least 0, found " + bytes);
      }
      maxBlobSize = bytes;
      return this;
    }

    Builder clock(Clock source) {
      clock = source;
      return this;
    }

    /**
     * Starts the registry; it answers when this returns.
     *
     * @throws ConflictException when another registry serves the directory
     * @throws BerthException when the directory or the port cannot be used
     */
    public RegistryServer start() {
      return new RegistryServer(this);
    }
  }
}
