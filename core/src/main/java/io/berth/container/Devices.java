package io.berth.container;

import io.berth.api.DeviceSpec;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.DeviceRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The host's devices that a container is given. */
final class Devices {
  private static final Path DEV = Path.of("/dev");
  private static final int TYPE = 0170000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;

  // A container has its own of these.
  private static final Set<String> OWN = Set.of("pts", "shm", "mqueue", "fd", "console", "ptmx");

  private Devices() {}

  /**
   * A device node to make.
   *
   * @param path in the container
   * @param host where the host has it
   * @param mode with its type bits
   */
  record Node(
      String path,
      String host,
      int mode,
      int major,
      int minor,
      int uid,
      int gid,
      String permissions) {
    String rule() {
      return ((mode & TYPE) == BLOCK ? "b " : "c ") + major + ":" + minor + " " + permissions;
    }
  }

  /**
   * The nodes behind the devices that were asked for; of a directory, all that are in it.
   *
   * @throws NotFoundException when the host has no such device
   */
  static List<Node> resolve(List<DeviceSpec> devices) {
    List<Node> nodes = new ArrayList<>();
    for (DeviceSpec device : devices) {
      Path host = Path.of(device.hostPath());
      int before = nodes.size();
      try (Stream<Path> all = Files.isDirectory(host) ? Files.walk(host) : Stream.of(host)) {
        all.forEach(
            path -> {
              String rest = path.toString().substring(host.toString().length());
              node(path, device.containerPath() + rest, device.permissions()).ifPresent(nodes::add);
            });
      } catch (IOException e) {
        throw new StorageException("Cannot read " + host + ": " + e, e);
      }
      if (nodes.size() == before) {
        throw new NotFoundException(
            "Cannot give device "
                + host
                + " to the container: "
                + (Files.exists(host) ? "it is not a device" : "this host has no such file"));
      }
    }
    return nodes;
  }

  /** Everything in /dev, for a privileged container. */
  static List<Node> all() {
    List<Node> nodes = new ArrayList<>();
    collect(DEV, nodes);
    return nodes;
  }

  private static void collect(Path directory, List<Node> into) {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path path : entries.sorted().toList()) {
        boolean own = directory.equals(DEV) && OWN.contains(path.getFileName().toString());
        if (own || Files.isSymbolicLink(path)) {
          continue; // such as /dev/stdin, which leads to whatever this process has there
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          collect(path, into);
        } else {
          node(path, path.toString(), "rwm").ifPresent(into::add);
        }
      }
    } catch (IOException e) {
      // A directory that cannot be listed has nothing that could be given.
    }
  }

  /** What a container's processes may do with devices. */
  static DeviceFilter filter(boolean privileged, List<Node> nodes, List<String> rules) {
    if (privileged) {
      return DeviceFilter.allowAll();
    }
    DeviceFilter filter = DeviceFilter.dockerDefault();
    for (Node node : nodes) {
      filter = filter.with(DeviceRule.allow(node.rule()));
    }
    for (String rule : rules) {
      filter = filter.with(DeviceRule.allow(rule));
    }
    return filter;
  }

  private static Optional<Node> node(Path path, String target, String permissions) {
    Map<String, Object> attributes;
    try {
      attributes = Files.readAttributes(path, "unix:mode,rdev,uid,gid");
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read device " + path + ": " + e, e);
    }
    int mode = (int) attributes.get("mode");
    if ((mode & TYPE) != CHARACTER && (mode & TYPE) != BLOCK) {
      return Optional.empty();
    }
    long device = (long) attributes.get("rdev");
    int major = (int) (((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL));
    int minor = (int) ((device & 0xff) | ((device >>> 12) & ~0xffL));
    return Optional.of(
        new Node(
            target,
            path.toString(),
            mode,
            major,
            minor,
            (int) attributes.get("uid"),
            (int) attributes.get("gid"),
            permissions));
  }
}
