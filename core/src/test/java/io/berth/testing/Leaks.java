package io.berth.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Engine;
import io.berth.api.Event;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the containers of one engine have on this host besides its own files: mounts, cgroups,
 * namespaces, processes. Others may be at work on the machine, so all of it is told by the engine's
 * directory or the containers' ids.
 */
public final class Leaks {
  private final Path data;
  private final Set<String> ids = new HashSet<>();

  private Leaks(Path data) {
    this.data = data;
  }

  /** Waits, for what was killed takes a moment to go, and fails when something is left. */
  public static void assertNone(Engine engine) {
    Leaks leaks = new Leaks(engine.dataDirectory());
    engine.events().read().filter("type", "container").list().stream()
        .map(Event::id)
        .forEach(leaks.ids::add);
    Await.pass(() -> assertThat(leaks.find()).isEmpty());
  }

  /** The processes that stay with the engine's containers, and the containers' own. */
  public static Set<Long> processes(Path data) {
    Leaks leaks = new Leaks(data);
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(leaks::isOurs)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<String> find() {
    List<String> found = new ArrayList<>();
    mounts("self").forEach(line -> found.add("mount " + line));
    cgroups().forEach(path -> found.add("cgroup " + path));
    processes(data).forEach(pid -> found.add("process " + pid + " " + read(pid + "/comm").strip()));
    return found;
  }

  private Stream<String> mounts(String process) {
    return read(process + "/mountinfo")
        .lines()
        .filter(line -> line.contains(data.getFileName().toString()) || line.contains("nsfs"))
        .filter(line -> !line.contains("nsfs") || ids.stream().anyMatch(line::contains));
  }

  /** The control groups of this name, such as a container's id. */
  public static List<Path> cgroups(String name) {
    List<Path> found = new ArrayList<>();
    cgroups(Path.of("/sys/fs/cgroup").toFile(), 6, name::equals, found);
    return found;
  }

  /** Others' may come and go meanwhile, which ends {@link Files#walk}. */
  private static void cgroups(
      File directory, int depth, Predicate<String> wanted, List<Path> found) {
    File[] children = depth == 0 ? null : directory.listFiles(File::isDirectory);
    for (File child : children == null ? new File[0] : children) {
      if (wanted.test(child.getName())) {
        found.add(child.toPath());
      }
      cgroups(child, depth - 1, wanted, found);
    }
  }

  private List<Path> cgroups() {
    List<Path> found = new ArrayList<>();
    cgroups(Path.of("/sys/fs/cgroup").toFile(), 6, ids::contains, found);
    return found;
  }

  /**
   * A monitor works in its container's directory; a container's processes have files of it mounted.
   * A namespace lasts as long as a process or a mount, so there are none of it alone.
   */
  private boolean isOurs(long pid) {
    if (pid == ProcessHandle.current().pid()) {
      return false;
    }
    try {
      if (Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).startsWith(data)) {
        return true;
      }
    } catch (IOException e) {
      // It has ended.
    }
    return mounts(Long.toString(pid)).findAny().isPresent();
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of("/proc").resolve(file));
    } catch (IOException e) {
      return "";
    }
  }
}
