package io.berth.container;

import io.berth.api.MountPoint;
import io.berth.api.MountSpec.Relabel;
import io.berth.api.MountSpec.Type;
import io.berth.api.Rights;
import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.SystemCallException;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileType;
import io.berth.linux.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What SELinux is told of a container, where the host has it: a label for its processes and one for
 * its files, of types that the host's policy keeps for containers. Each container has two
 * categories of its own, so that none reaches the files of another.
 */
final class Selinux {
  private static final String ATTRIBUTE = "security.selinux";
  private static final int CATEGORIES = 1024;
  private static final String SHARED_LEVEL = "s0";

  /**
   * The host's own, as in Docker: with a container's label the host could not use them any more.
   */
  private static final Set<String> REFUSED =
      Set.of(
          "/",
          "/bin",
          "/boot",
          "/dev",
          "/etc",
          "/etc/passwd",
          "/etc/pki",
          "/etc/shadow",
          "/home",
          "/lib",
          "/lib64",
          "/media",
          "/opt",
          "/proc",
          "/root",
          "/run",
          "/sbin",
          "/srv",
          "/sys",
          "/tmp",
          "/usr",
          "/var",
          "/var/lib",
          "/var/log");

  private final Path fileSystem;
  private final Path configuration;

  /**
   * @param fileSystem where selinuxfs is mounted
   * @param configuration the directory {@code /etc/selinux}
   */
  Selinux(Path fileSystem, Path configuration) {
    this.fileSystem = fileSystem;
    this.configuration = configuration;
  }

  static Selinux ofHost() {
    return new Selinux(Path.of("/sys/fs/selinux"), Path.of("/etc/selinux"));
  }

  /**
   * @param process of the container's processes
   * @param file of files that are its own
   * @param shared of files that all containers may use
   */
  record Labels(String process, String file, String shared) {
    /** The option that gives all files of a mount this label. */
    String mountOption() {
      return "context=\"" + file + "\"";
    }
  }

  /**
   * The labels of a container; none where the host has no SELinux, and for those that are
   * privileged or made with {@code label=disable}.
   *
   * @param id which its categories are made of, so that they are the same each time it starts
   */
  Optional<Labels> labels(String id, Rights rights) {
    if (rights.privileged()
        || rights.labels().contains("disable")
        || !Files.exists(fileSystem.resolve("enforce"))) {
      return Optional.empty();
    }
    Map<String, String> usual = usual();
    Label process = Label.parse(usual.getOrDefault("process", "system_u:system_r:container_t:s0"));
    Label file = Label.parse(usual.getOrDefault("file", "system_u:object_r:container_file_t:s0"));
    String level = SHARED_LEVEL + ":" + categories(id);
    for (String option : rights.labels()) {
      int colon = option.indexOf(':');
      String value = option.substring(colon + 1);
      switch (option.substring(0, colon)) {
        case "user" -> {
          process = new Label(value, process.role(), process.type(), process.level());
          file = new Label(value, file.role(), file.type(), file.level());
        }
        case "role" -> process = new Label(process.user(), value, process.type(), process.level());
        case "type" -> process = new Label(process.user(), process.role(), value, process.level());
        case "filetype" -> file = new Label(file.user(), file.role(), value, file.level());
        default -> level = value;
      }
    }
    return Optional.of(
        new Labels(
            process.at(level).toString(),
            file.at(level).toString(),
            file.at(SHARED_LEVEL).toString()));
  }

  private record Label(String user, String role, String type, String level) {
    static Label parse(String text) {
      String[] parts = text.split(":", 4);
      if (parts.length < 3) {
        throw new InvalidInputException(
            "Invalid SELinux label \"" + text + "\": expected user:role:type:level");
      }
      return new Label(parts[0], parts[1], parts[2], parts.length == 4 ? parts[3] : SHARED_LEVEL);
    }

    Label at(String other) {
      return new Label(user, role, type, other);
    }

    @Override
    public String toString() {
      return String.join(":", user, role, type, level);
    }
  }

  /** Two that differ; there are half a million such pairs. */
  private static String categories(String id) {
    int first = Math.floorMod(id.hashCode(), CATEGORIES);
    int second = Math.floorMod((id + "/").hashCode() / CATEGORIES, CATEGORIES - 1);
    second += second >= first ? 1 : 0;
    return "c" + Math.min(first, second) + ",c" + Math.max(first, second);
  }

  /** What the policy says of containers: {@code process = "LABEL"}, {@code file = "LABEL"}. */
  private Map<String, String> usual() {
    Map<String, String> usual = new HashMap<>();
    String policy = assignments(configuration.resolve("config")).get("SELINUXTYPE");
    if (policy != null) {
      usual.putAll(
          assignments(configuration.resolve(policy).resolve("contexts").resolve("lxc_contexts")));
    }
    return usual;
  }

  private static Map<String, String> assignments(Path file) {
    Map<String, String> all = new HashMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      return all; // a host without it has the usual names
    }
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        all.put(
            line.substring(0, equals).strip(),
            line.substring(equals + 1).strip().replace("\"", ""));
      }
    }
    return all;
  }

  /**
   * Gives binds and volumes the labels that {@code z} and {@code Z} ask for.
   *
   * @param directory the container's, whose files for /etc it sees too
   */
  static void relabel(Path directory, List<PlacedMount> mounts, Labels labels) {
    EtcPlan.FILES.forEach(name -> relabel(directory.resolve(name), labels.file()));
    for (PlacedMount mount : mounts) {
      Relabel wanted = wanted(mount.point());
      if (wanted != Relabel.NONE) {
        relabel(mount.source(), wanted == Relabel.SHARED ? labels.shared() : labels.file());
      }
    }
  }

  /** Volumes are made for containers, so that they are labelled unasked. */
  private static Relabel wanted(MountPoint point) {
    Relabel asked = point.options().relabel();
    boolean volume = point.type() == Type.VOLUME;
    return asked == Relabel.NONE && volume ? Relabel.SHARED : asked;
  }

  /**
   * Gives a file, or a directory and all in it, a label. No symlink is followed, whatever changes
   * meanwhile.
   *
   * @throws InvalidInputException when it is a directory of the host's own
   */
  static void relabel(Path source, String label) {
    Path real;
    try {
      real = source.toRealPath();
    } catch (IOException e) {
      throw new InvalidInputException("Cannot relabel " + source + ": " + e, e);
    }
    if (REFUSED.contains(real.toString())) {
      throw new InvalidInputException(
          "SELinux relabeling of "
              + real
              + " is not allowed: the host could not use it any more; bind a directory in it");
    }
    byte[] value = (label + "\0").getBytes(StandardCharsets.US_ASCII);
    try (Fd parent = FileCalls.openDirectory(real.getParent())) {
      set(parent, real.getFileName().toString(), value);
      if (Files.isDirectory(real)) {
        try (Fd directory = FileCalls.openForListing(parent, real.getFileName().toString())) {
          relabelAll(directory, value);
        }
      }
    }
  }

  private static void relabelAll(Fd directory, byte[] value) {
    for (DirEntry entry : FileCalls.list(directory)) {
      try {
        set(directory, entry.name(), value);
        if (entry.type() == FileType.DIRECTORY) {
          try (Fd child = FileCalls.openForListing(directory, entry.name())) {
            relabelAll(child, value);
          }
        }
      } catch (SystemCallException e) {
        if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
          throw e;
        }
        // It was removed meanwhile.
      }
    }
  }

  private static void set(Fd directory, String name, byte[] value) {
    try {
      Xattrs.set(directory, name, ATTRIBUTE, value);
    } catch (SystemCallException e) {
      // A file system without labels has one for all that is in it.
      if (e.errno() != Errno.ENOTSUP) {
        throw e;
      }
    }
  }
}
