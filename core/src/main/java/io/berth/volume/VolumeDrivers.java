package io.berth.volume;

import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileRights;
import io.berth.linux.StatusCalls;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The drivers by their names: {@code local}, services of {@link VolumeDriverFactory}, and Docker's
 * volume plugins, whose sockets are in {@code /run/docker/plugins} and whose addresses are in
 * {@code .spec} files.
 */
public final class VolumeDrivers {
  /** Where Docker looks for plugins. */
  public static final List<Path> PLUGINS =
      List.of(
          Path.of("/run/docker/plugins"),
          Path.of("/etc/docker/plugins"),
          Path.of("/usr/lib/docker/plugins"));

  private final Path directory;
  private final List<Path> plugins;
  private final LocalDriver local;
  private final Map<String, VolumeDriver> open = new ConcurrentHashMap<>();

  /**
   * @param access with whose rights files of volumes are reached
   * @param volumes the directory of local volumes
   * @param directory of the drivers' own, each in one of its name
   * @param plugins where sockets and .spec files are
   */
  public VolumeDrivers(FileRights access, Path volumes, Path directory, List<Path> plugins) {
    this.directory = directory;
    this.plugins = List.copyOf(plugins);
    this.local = new LocalDriver(volumes, access);
    open.put(LocalDriver.NAME, local);
  }

  LocalDriver local() {
    return local;
  }

  /**
   * @throws NotFoundException when there is none of this name
   */
  VolumeDriver get(String name) {
    return open.computeIfAbsent(name.isEmpty() ? LocalDriver.NAME : name, this::find);
  }

  private VolumeDriver find(String name) {
    Optional<VolumeDriver> service =
        ServiceLoader.load(VolumeDriverFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(factory -> factory.name().equals(name))
            .findFirst()
            .map(factory -> factory.open(directory.resolve(name)));
    if (service.isPresent()) {
      return service.get();
    }
    if (name.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
      for (Path each : plugins) {
        Optional<SocketAddress> address = address(each, name);
        if (address.isPresent()) {
          return new PluginDriver(name, new PluginClient(name, address.get()));
        }
      }
    }
    throw new NotFoundException(
        "error looking up volume plugin "
            + name
            + ": plugin \""
            + name
            + "\" not found (looked for services and in "
            + plugins
            + ")");
  }

  private static Optional<SocketAddress> address(Path plugins, String name) {
    for (Path socket :
        List.of(plugins.resolve(name + ".sock"), plugins.resolve(name).resolve(name + ".sock"))) {
      if (Files.exists(socket)) {
        requireTrusted(socket);
        return Optional.of(UnixDomainSocketAddress.of(socket));
      }
    }
    Path spec = plugins.resolve(name + ".spec");
    if (!Files.exists(spec)) {
      return Optional.empty();
    }
    requireTrusted(spec);
    try {
      return Optional.of(PluginClient.address(Files.readString(spec)));
    } catch (IOException e) {
      throw new StorageException("Cannot read " + spec + ": " + e, e);
    }
  }

  /** What a plugin answers is mounted, so it must be root's, or this user's own. */
  private static void requireTrusted(Path file) {
    try (Fd self = FileCalls.openDirectory(Path.of("/proc/self"))) {
      int owner = (Integer) Files.getAttribute(file, "unix:uid");
      if (owner != 0 && owner != StatusCalls.stat(self).uid()) {
        throw new StorageException(
            "The volume plugin at "
                + file
                + " is not used: it belongs to user "
                + owner
                + ". Give it to root, or remove it");
      }
    } catch (IOException e) {
      throw new StorageException("Cannot look at " + file + ": " + e, e);
    }
  }

  /** The names of all that are known: services, and those in use. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(open.keySet());
    ServiceLoader.load(VolumeDriverFactory.class).forEach(factory -> names.add(factory.name()));
    return names;
  }
}
