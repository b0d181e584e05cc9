package io.berth.testing;

import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.linux.Programs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Images of real servers, built by the engine's own builder from the programs of Debian packages
 * and named as users know them. Each method skips the test where its package is not installed.
 */
public final class DebianImages {
  private static final String FILES = "FROM scratch\nCOPY --from=base . /\nCOPY --from=files . /\n";

  private DebianImages() {}

  /** {@code redis:7}: the server, without persistence, and {@code redis-cli}. */
  public static Image redis(Engine engine) {
    return build(
        engine,
        "redis:7",
        HostProgram.tar(
            "redis-server", Path.of("/usr/bin/redis-server"), Path.of("/usr/bin/redis-cli")),
        """
        WORKDIR /data
        VOLUME /data
        EXPOSE 6379
        CMD ["redis-server", "--protected-mode", "no", "--save", ""]
        """,
        Map.of());
  }

  /** {@code postgres:15}: a database that trusts everybody; {@code psql} is not there. */
  public static Image postgres(Engine engine) {
    Path home = newest(Path.of("/usr/lib/postgresql"), "*", "postgresql");
    Path share = Path.of("/usr/share/postgresql").resolve(home.getFileName());
    String dockerfile =
        """
        COPY --from=share . SHARE/
        COPY --from=lib . HOME/lib/
        COPY --from=zoneinfo . /usr/share/zoneinfo/
        RUN echo 'postgres:x:999:999::/data:/bin/sh' >> /etc/passwd \\
         && mkdir -p /var/run/postgresql && chown 999:999 /data /var/run/postgresql
        USER postgres
        RUN HOME/bin/initdb -D /data/db --auth=trust --no-locale -E UTF8 \\
         && echo 'host all all all trust' >> /data/db/pg_hba.conf
        EXPOSE 5432
        CMD ["HOME/bin/postgres", "-D", "/data/db", "-c", "listen_addresses=*"]
        """
            .replace("SHARE", share.toString())
            .replace("HOME", home.toString());
    return build(
        engine,
        "postgres:15",
        HostProgram.tar("postgresql", home.resolve("bin/postgres"), home.resolve("bin/initdb")),
        dockerfile,
        Map.of(
            "share",
            share,
            "lib",
            home.resolve("lib"),
            "zoneinfo",
            Path.of("/usr/share/zoneinfo")));
  }

  /** {@code nginx:1.22}: serves {@code /usr/share/nginx/html} on port 80. */
  public static Image nginx(Engine engine) {
    return build(
        engine,
        "nginx:1.22",
        HostProgram.tar("nginx-light", Path.of("/usr/sbin/nginx")),
        """
        RUN mkdir -p /var/lib/nginx /var/log/nginx /usr/share/nginx/html /etc/nginx /run \\
         && ln -s /dev/stdout /var/log/nginx/access.log && ln -s /dev/stderr /var/log/nginx/error.log \\
         && echo 'www-data:x:33:33::/var/www:/bin/false' >> /etc/passwd \\
         && echo 'www-data:x:33:' >> /etc/group && echo 'nogroup:x:65534:' >> /etc/group \\
         && echo 'Welcome to nginx!' > /usr/share/nginx/html/index.html
        COPY <<CONF /etc/nginx/nginx.conf
        user www-data;
        worker_processes 1;
        events { worker_connections 64; }
        http {
          server { listen 80; location / { root /usr/share/nginx/html; } }
        }
        CONF
        EXPOSE 80
        STOPSIGNAL SIGQUIT
        CMD ["nginx", "-g", "daemon off;"]
        """,
        Map.of());
  }

  /**
   * {@code testcontainers/sshd:1.3.0}, through which Testcontainers lets containers reach ports of
   * the host. Its client is old and needs algorithms that are off by default.
   */
  public static Image sshd(Engine engine) {
    return build(
        engine,
        "testcontainers/sshd:1.3.0",
        HostProgram.tar(
            "openssh-server", Path.of("/usr/sbin/sshd"), Path.of("/usr/bin/ssh-keygen")),
        """
        RUN mkdir -p /run/sshd /etc/ssh \\
         && echo 'sshd:x:100:65534::/run/sshd:/bin/false' >> /etc/passwd \\
         && ssh-keygen -q -t rsa -N '' -f /etc/ssh/ssh_host_rsa_key
        COPY --chmod=0755 <<'SERVE' /serve
        #!/bin/sh
        echo "root:$(mkpasswd -m sha512 "$PASSWORD"):::::::" > /etc/shadow
        exec /usr/sbin/sshd -D -e -f /dev/null -o PermitRootLogin=yes -o GatewayPorts=yes \\
          -o KexAlgorithms=+diffie-hellman-group14-sha1 -o HostKeyAlgorithms=+ssh-rsa \\
          -o MACs=+hmac-sha1
        SERVE
        EXPOSE 22
        CMD ["/serve"]
        """,
        Map.of());
  }

  /** {@code alpine/socat:1.7.4.3-r0}, through which Testcontainers reaches services of Compose. */
  public static Image socat(Engine engine) {
    return build(
        engine,
        "alpine/socat:1.7.4.3-r0",
        HostProgram.tar("socat", Path.of("/usr/bin/socat")),
        "ENTRYPOINT [\"socat\"]\n",
        Map.of());
  }

  /** {@code docker:24.0.2}: the command and its plugin compose, for Compose in a container. */
  public static Image secondCompose(Engine engine) {
    Path plugin = composePlugin();
    Path docker = docker();
    return build(
        engine,
        "docker:24.0.2",
        HostProgram.tar("docker.io", docker, plugin),
        """
        RUN mkdir -p /usr/libexec/docker/cli-plugins \\
         && ln -s PLUGIN /usr/libexec/docker/cli-plugins/docker-compose
        ENTRYPOINT ["DOCKER"]
        """
            .replace("PLUGIN", plugin.toString())
            .replace("DOCKER", docker.toString()),
        Map.of());
  }

  private static Path docker() {
    return Programs.find("docker")
        .orElseThrow(() -> new TestAbortedException("needs the command docker"));
  }

  /** The plugin compose of the command docker, which Debian 12 does not have. */
  public static Path composePlugin() {
    String config = System.getenv("DOCKER_CONFIG");
    return Stream.of(
            config == null ? System.getProperty("user.home") + "/.docker" : config,
            "/usr/local/lib/docker",
            "/usr/local/libexec/docker",
            "/usr/lib/docker",
            "/usr/libexec/docker")
        .map(directory -> Path.of(directory, "cli-plugins/docker-compose"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new TestAbortedException(
                    "needs the plugin compose of the command docker, see"
                        + " script/testcontainers-matrix"));
  }

  /** {@code docker/compose:1.29.2}: the first Compose, for Compose in a container. */
  public static Image firstCompose(Engine engine) {
    Path library = newest(Path.of("/usr/lib"), "python3.*", "python3");
    List<Path> programs = new ArrayList<>();
    programs.add(Path.of("/usr/bin/docker-compose"));
    programs.add(Path.of("/usr/bin/python3"));
    programs.add(docker());
    // Modules of Python need libraries as programs do.
    try (Stream<Path> modules = Files.list(library.resolve("lib-dynload"))) {
      modules.forEach(programs::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build(
        engine,
        "docker/compose:1.29.2",
        HostProgram.tar("docker-compose", programs.toArray(Path[]::new)),
        """
        COPY --from=library --exclude=**/__pycache__ --exclude=test . LIBRARY/
        COPY --from=packages --exclude=**/__pycache__ . /usr/lib/python3/dist-packages/
        ENTRYPOINT ["docker-compose"]
        """
            .replace("LIBRARY", library.toString()),
        Map.of("library", library, "packages", Path.of("/usr/lib/python3/dist-packages")));
  }

  private static Image build(
      Engine engine, String tag, byte[] files, String dockerfile, Map<String, Path> trees) {
    var request =
        engine
            .images()
            .build(
                ContextSource.files(
                    Map.of("Dockerfile", (FILES + dockerfile).getBytes(StandardCharsets.UTF_8))))
            .buildContext("base", ContextSource.tar(new ByteArrayInputStream(BusyboxImage.tar())))
            .buildContext("files", ContextSource.tar(new ByteArrayInputStream(files)));
    trees.forEach((name, tree) -> request.buildContext(name, ContextSource.directory(tree)));
    return request.tag(tag).execute();
  }

  private static Path newest(Path directory, String pattern, String debianPackage) {
    if (!Files.isDirectory(directory)) {
      throw new TestAbortedException(
          "needs " + directory + ": install the Debian package " + debianPackage);
    }
    List<Path> versions = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, pattern)) {
      all.forEach(versions::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.max(versions);
  }
}
