package io.berth.runtime.oci;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.error.InvalidInputException;
import io.berth.json.JsonWriter;
import io.berth.runtime.launch.LaunchSpec.Item;
import io.berth.runtime.security.KernelVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The mounts of a launch in the form of the runtime spec. */
final class OciMounts {
  private static final String CGROUPS = "/sys/fs/cgroup";
  private static final String LOWERS = "lowerdir=";
  private static final int TREE = 3;
  private static final long REC = 16384;
  private static final long ALL_READ_ONLY = 1L << 40 | 1L << 41;
  private static final int FIXED = 12;
  private static final KernelVersion RECURSIVE = KernelVersion.parse("5.12");

  private static final Map<Long, String> FLAGS = new LinkedHashMap<>();
  private static final Map<Long, String> PROPAGATION =
      Map.of(1L << 17, "unbindable", 1L << 18, "private", 1L << 19, "slave", 1L << 20, "shared");

  static {
    FLAGS.put(1L, "ro");
    FLAGS.put(2L, "nosuid");
    FLAGS.put(4L, "nodev");
    FLAGS.put(8L, "noexec");
    FLAGS.put(16L, "sync");
    FLAGS.put(128L, "dirsync");
    FLAGS.put(1L << 10, "noatime");
    FLAGS.put(1L << 11, "nodiratime");
    FLAGS.put(1L << 21, "relatime");
    FLAGS.put(1L << 24, "strictatime");
  }

  private final Path bundle;
  private Path base = Path.of("/");
  private final List<JsonNode> mounts = new ArrayList<>();
  private boolean cgroups;

  /**
   * @param bundle sources in it are written relative to it
   */
  OciMounts(Path bundle) {
    this.bundle = bundle;
  }

  List<JsonNode> all() {
    return mounts;
  }

  void add(Item mount) {
    long flags = mount.longAt(0);
    boolean bind = mount.intAt(8) != 0;
    List<String> texts = mount.strings(FIXED);
    String type = texts.get(0);
    String target = texts.get(2);
    if (!bind && (target + "/").startsWith(CGROUPS + "/")) {
      addCgroups(flags);
      return;
    }
    if (bind && OciConfig.DEFAULT_DEVICES.contains(target) && texts.get(1).equals(target)) {
      return; // in a user namespace, where a runtime does so too
    }
    if (mount.intAt(8) == TREE) {
      tree(texts, target, flags);
      return;
    }
    List<String> options = new ArrayList<>();
    if (bind) {
      options.add((flags & REC) != 0 ? "rbind" : "bind");
    }
    options.addAll(names(flags));
    if ((flags & ALL_READ_ONLY) != 0 && KernelVersion.running().compareTo(RECURSIVE) >= 0) {
      options.add("rro");
    }
    PROPAGATION.forEach(
        (flag, name) -> {
          if (bind && (flags & flag) != 0) {
            options.add((flags & REC) != 0 ? "r" + name : name);
          }
        });
    if (!texts.get(3).isEmpty()) {
      options.addAll(List.of(texts.get(3).split(",")));
    }
    mounts.add(mount(type, bind ? source(texts.get(1)) : texts.get(1), target, options));
  }

  /** A path in a snapshot, or of a volume. */
  private void tree(List<String> texts, String target, long flags) {
    String inside = texts.get(1);
    String data = texts.get(3);
    if (!inside.equals("/")) {
      // A runtime follows links of whoever writes there, out to the host.
      throw new InvalidInputException(
          "Cannot mount "
              + inside
              + " of a volume or image at "
              + target
              + " with this launcher: only the native one mounts a part of it safely");
    }
    List<String> options = new ArrayList<>(names(flags));
    if (texts.get(0).equals("overlay")) {
      for (String option : data.split(",")) {
        options.add(
            option.startsWith(LOWERS)
                ? LOWERS + absolute(option.substring(LOWERS.length()))
                : option);
      }
      mounts.add(mount("overlay", "overlay", target, options));
    } else {
      options.add(0, "bind");
      mounts.add(mount("bind", data, target, options));
    }
  }

  private String absolute(String lowers) {
    return Arrays.stream(lowers.split(":"))
        .map(path -> base.resolve(path).normalize().toString())
        .collect(Collectors.joining(":"));
  }

  /** Says what relative paths of overlays are relative to. */
  void base(String directory) {
    base = Path.of(directory);
  }

  /** Shows a file of this host, read-only. */
  void file(Path source, String target) {
    mounts.add(mount("bind", source.toString(), target, List.of("bind", "ro", "nosuid", "nodev")));
  }

  /** One mount for all: a runtime finds the hierarchies itself. */
  private void addCgroups(long flags) {
    if (!cgroups) {
      cgroups = true;
      List<String> options = new ArrayList<>(names(flags));
      options.add("relatime");
      mounts.add(mount("cgroup", "cgroup", CGROUPS, options));
    }
  }

  boolean isCgroups(String path) {
    return (path + "/").startsWith(CGROUPS + "/");
  }

  private String source(String path) {
    Path source = Path.of(path);
    return source.startsWith(bundle) ? bundle.relativize(source).toString() : path;
  }

  private static List<String> names(long flags) {
    List<String> names = new ArrayList<>();
    FLAGS.forEach(
        (flag, name) -> {
          if ((flags & flag) != 0) {
            names.add(name);
          }
        });
    return names;
  }

  private static JsonNode mount(String type, String source, String target, List<String> options) {
    return new JsonWriter()
        .put("destination", target)
        .put("type", type)
        .put("source", source)
        .strings("options", options)
        .toNode();
  }
}
