package io.berth.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a container is to be; made by {@link Containers#create}. Not thread-safe. */
public interface CreateRequest {
  /** Its name; made up from its id by default. */
  CreateRequest name(String name);

  /** What to run in place of the image's CMD. */
  CreateRequest command(List<String> args);

  /** What to run in place of the image's CMD. */
  default CreateRequest command(String... args) {
    return command(List.of(args));
  }

  /** In place of the image's ENTRYPOINT; the image's CMD is then not used. */
  CreateRequest entrypoint(List<String> args);

  CreateRequest env(String name, String value);

  default CreateRequest env(Map<String, String> values) {
    values.forEach(this::env);
    return this;
  }

  CreateRequest workdir(String path);

  /** {@code user}, {@code uid}, {@code user:group} or {@code uid:gid}. */
  CreateRequest user(String user);

  CreateRequest hostname(String hostname);

  CreateRequest label(String name, String value);

  CreateRequest network(NetworkMode mode);

  /** Binds a directory or file of the host. */
  CreateRequest bind(Path source, String target, boolean readOnly);

  CreateRequest readOnlyRoot(boolean readOnly);

  CreateRequest noNewPrivileges(boolean on);

  /** Adds a capability to Docker's default ones, such as {@code NET_ADMIN}, or {@code ALL}. */
  CreateRequest capAdd(String capability);

  /** Takes a capability away, or {@code ALL}. */
  CreateRequest capDrop(String capability);

  /** Docker's default seccomp profile (the default), or none. */
  CreateRequest seccomp(boolean on);

  /** The most memory it may use, as Docker writes it: {@code 256m}, {@code 1g}, or bytes. */
  CreateRequest memory(String size);

  /** How many CPUs it may use, such as 1.5. */
  CreateRequest cpus(double count);

  /** How many processes and threads it may have. */
  CreateRequest pidsLimit(long count);

  /** A resource limit, such as {@code nofile}; raising one may be refused: then a warning. */
  CreateRequest ulimit(String name, long soft, long hard);

  /** A kernel parameter of its namespaces, such as {@code net.ipv4.ip_forward}. */
  CreateRequest sysctl(String name, String value);

  /** What its standard input reads; it ends when the stream ends. None by default. */
  CreateRequest stdin(InputStream in);

  /** Where its output goes as it comes, besides the log. */
  CreateRequest output(OutputStream stdout, OutputStream stderr);

  /** Whether it goes on when this engine closes or its JVM ends; it does not by default. */
  CreateRequest detached(boolean detached);

  /** Whether it is removed once it has ended. */
  CreateRequest autoRemove(boolean remove);

  /**
   * Makes the container without starting it.
   *
   * @throws io.berth.error.ConflictException when the name is taken
   */
  Container create();

  /** Makes the container and starts it. */
  default Container start() {
    Container container = create();
    try {
      container.start();
    } catch (RuntimeException e) {
      container.remove(true);
      throw e;
    }
    return container;
  }
}
