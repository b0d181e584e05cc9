package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the control groups of a machine are mounted (cgroups(7)).
 *
 * @param v1 the tree of each v1 controller; those mounted together, as {@code cpu,cpuacct}, share
 *     one
 * @param unified the v2 tree, if there is one
 */
public record CgroupLayout(Map<String, Tree> v1, Optional<Tree> unified) {
  /** Which of the three arrangements it is. */
  public enum Mode {
    V1,
    HYBRID,
    V2
  }

  /**
   * One mounted tree.
   *
   * @param root its mount point
   * @param own the directory of this process in it
   */
  public record Tree(Path root, Path own) {
    public Tree {
      Objects.requireNonNull(root, "root");
      Objects.requireNonNull(own, "own");
    }
  }

  public CgroupLayout {
    v1 = Map.copyOf(v1);
    Objects.requireNonNull(unified, "unified");
  }

  /** The layout that this process sees. */
  public static CgroupLayout detect() {
    try {
      return parse(
          Files.readString(Path.of("/proc/self/mountinfo")),
          Files.readString(Path.of("/proc/self/cgroup")));
    } catch (IOException e) {
      throw new BerthException("Cannot read the cgroup layout; is /proc mounted? " + e, e);
    }
  }

  /**
   * Reads a layout from the texts of {@code /proc/self/mountinfo} and {@code /proc/self/cgroup}
   * (proc(5)).
   */
  public static CgroupLayout parse(String mountinfo, String cgroup) {
    Map<String, String> paths = new HashMap<>();
    for (String line : cgroup.lines().toList()) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3) {
        for (String controller : parts[1].split(",")) {
          paths.put(controller, parts[2]);
        }
      }
    }
    Map<String, Tree> v1 = new HashMap<>();
    Optional<Tree> unified = Optional.empty();
    for (String line : mountinfo.lines().toList()) {
      int dash = line.indexOf(" - ");
      String[] mount = line.split(" ");
      String[] source = dash < 0 ? new String[0] : line.substring(dash + 3).split(" ");
      if (mount.length < 5 || source.length < 3) {
        continue;
      }
      if (source[0].equals("cgroup2") && paths.containsKey("") && unified.isEmpty()) {
        unified = Optional.of(tree(mount, paths.get("")));
      } else if (source[0].equals("cgroup")) {
        for (String option : List.of(source[2].split(","))) {
          if (paths.containsKey(option) && !option.startsWith("name=")) {
            v1.putIfAbsent(option, tree(mount, paths.get(option)));
          }
        }
      }
    }
    return new CgroupLayout(v1, unified);
  }

  private static Tree tree(String[] mount, String path) {
    Path root = Path.of(unescape(mount[4]));
    // In a container the mount may show only a part of the tree; paths are told from its top.
    String shown = unescape(mount[3]);
    String below =
        shown.equals("/")
            ? path
            : path.equals(shown) || path.startsWith(shown + "/")
                ? path.substring(shown.length())
                : "";
    boolean outside = List.of(below.split("/")).contains("..");
    String relative = outside ? "" : below.replaceFirst("^/+", "");
    return new Tree(root, relative.isEmpty() ? root : root.resolve(relative));
  }

  /** mountinfo writes space, tab, newline and backslash in octal. */
  private static String unescape(String text) {
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  public Mode mode() {
    return v1.isEmpty() ? Mode.V2 : unified.isPresent() ? Mode.HYBRID : Mode.V1;
  }
}
