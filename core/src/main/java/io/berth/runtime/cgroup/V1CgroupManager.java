package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import io.berth.runtime.security.DeviceFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Groups in v1 trees: only those that a limit, the devices or the counters of usage need, since
 * each costs the container a directory and a move. In hybrid mode one in the v2 tree as well.
 */
final class V1CgroupManager implements CgroupManager {
  private static final List<String> COUNTERS = List.of("memory", "cpuacct", "pids", "blkio");
  private static final List<String> CPUSET_FILES = List.of("cpuset.cpus", "cpuset.mems");

  private final CgroupLayout layout;
  private final String parent;
  private final Consumer<Path> made;
  private final Map<CgroupLayout.Tree, Path> bases = new ConcurrentHashMap<>();

  V1CgroupManager(CgroupLayout layout, String parent, Consumer<Path> made) {
    this.layout = layout;
    this.parent = GroupMaker.relative(parent);
    this.made = made;
  }

  @Override
  public CgroupManager below(String other) {
    return new V1CgroupManager(layout, other, made);
  }

  @Override
  public ContainerCgroup create(String id, Limits limits, DeviceFilter devices) {
    GroupMaker maker = new GroupMaker(id, made);
    List<LimitWrites.Write> writes = LimitWrites.v1(limits);
    Set<String> asked = new LinkedHashSet<>();
    writes.forEach(write -> asked.add(write.controller()));
    boolean filtered = !devices.equals(DeviceFilter.allowAll());
    if (filtered) {
      asked.add("devices");
    }
    asked.forEach(this::require);
    Set<String> used = new LinkedHashSet<>(asked);
    Stream.concat(COUNTERS.stream(), freezer().stream()).filter(this::usable).forEach(used::add);
    try {
      Set<Path> directories = new LinkedHashSet<>();
      used.forEach(controller -> directories.add(directory(controller, id)));
      for (Path directory : directories) {
        makeParents(maker, directory);
        maker.make(directory);
      }
      if (limits.realtimeRuntime().isPresent()) {
        RealtimeShare.give(base(layout.v1().get("cpu")), directory("cpu", id), limits);
      }
      LimitFiles files = new LimitFiles(write -> directory(write.controller(), id));
      files.write(writes);
      if (sharesCpuset(directories, id)) {
        fillCpuset(directory("cpuset", id));
      }
      if (filtered) {
        writeDevices(directory("devices", id), devices);
      }
      makeUnified(maker, id);
      return group(id, maker.directories(), files.warnings());
    } catch (IOException e) {
      maker.undo(e);
      throw new BerthException("Cannot make the control group of container " + id + ": " + e, e);
    } catch (RuntimeException e) {
      maker.undo(e);
      throw e;
    }
  }

  @Override
  public Optional<ContainerCgroup> find(String id) {
    GroupMaker.checked(id);
    Set<Path> found = new LinkedHashSet<>();
    layout.v1().keySet().stream().sorted().forEach(name -> found.add(directory(name, id)));
    layout.unified().ifPresent(tree -> found.add(unified(tree, id)));
    // Most have no group for some controllers, and Files throws and catches for each of those.
    found.removeIf(directory -> !directory.toFile().isDirectory());
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(group(id, List.copyOf(found), List.of()));
  }

  private ContainerCgroup group(String id, List<Path> directories, List<String> warnings) {
    Optional<Path> unified =
        layout.unified().map(tree -> unified(tree, id)).filter(directories::contains);
    Optional<Path> memory =
        Optional.ofNullable(layout.v1().get("memory"))
            .map(tree -> directory("memory", id))
            .filter(directories::contains);
    return new DirectoryCgroup(
        id,
        directories,
        unified,
        memory.map(path -> path.resolve("memory.oom_control")),
        warnings,
        controller -> add(id, controller));
  }

  /** Gives a container that runs a group in one more tree. */
  private Optional<Path> add(String id, String controller) {
    require(controller);
    GroupMaker maker = new GroupMaker(id, made);
    Path directory = directory(controller, id);
    try {
      makeParents(maker, directory);
      maker.make(directory);
      if (controller.equals("cpuset")) {
        fillCpuset(directory);
      }
      return Optional.of(directory);
    } catch (IOException e) {
      maker.undo(e);
      throw new BerthException("Cannot make the control group " + directory + ": " + e, e);
    }
  }

  /** The groups that containers share, from the top; those of cpusets have what the top has. */
  private void makeParents(GroupMaker maker, Path directory) throws IOException {
    Path parents = Path.of(parent);
    Path at = directory;
    for (int i = 0; i <= parents.getNameCount(); i++) {
      at = at.getParent();
    }
    for (Path name : parents) {
      at = at.resolve(name);
      maker.shared(at);
      if (isCpuset(at)) {
        fillCpuset(at);
      }
    }
  }

  private boolean isCpuset(Path directory) {
    CgroupLayout.Tree tree = layout.v1().get("cpuset");
    return tree != null && directory.startsWith(tree.root());
  }

  /** Without a v2 tree, pausing takes the v1 freezer. */
  private Optional<String> freezer() {
    return layout.unified().isPresent() ? Optional.empty() : Optional.of("freezer");
  }

  private void require(String controller) {
    if (!usable(controller)) {
      throw new BerthException(
          "The cgroup controller "
              + controller
              + " is needed for the limits asked, but is "
              + (layout.v1().containsKey(controller)
                  ? "not writable at " + layout.v1().get(controller).own()
                  : "not mounted as v1 (found: " + layout.v1().keySet() + ")")
              + "; mount it, run with more rights, or leave the limit out");
    }
  }

  private boolean usable(String controller) {
    CgroupLayout.Tree tree = layout.v1().get(controller);
    return tree != null && Files.isWritable(base(tree));
  }

  /** Asked once for each tree: a mount does not change under an engine. */
  private Path base(CgroupLayout.Tree tree) {
    return bases.computeIfAbsent(tree, GroupMaker::base);
  }

  private Path directory(String controller, String id) {
    return base(layout.v1().get(controller)).resolve(parent).resolve(id);
  }

  private Path unified(CgroupLayout.Tree tree, String id) {
    return base(tree).resolve(parent).resolve(id);
  }

  /**
   * The v2 tree of hybrid mode has no controllers, but {@code clone3} can start a process in it,
   * and {@code cgroup.kill} and {@code cgroup.freeze} act on all at once. One mkdir is worth that.
   */
  private void makeUnified(GroupMaker maker, String id) throws IOException {
    if (layout.unified().isPresent()) {
      Path directory = unified(layout.unified().get(), id);
      if (Files.isWritable(base(layout.unified().get()))) {
        makeParents(maker, directory);
        maker.make(directory);
      }
    }
  }

  private boolean sharesCpuset(Set<Path> directories, String id) {
    return layout.v1().containsKey("cpuset") && directories.contains(directory("cpuset", id));
  }

  /** A new v1 cpuset is empty and takes no process before both of its files have a value. */
  private static void fillCpuset(Path directory) throws IOException {
    for (String file : CPUSET_FILES) {
      if (CgroupFiles.read(directory.resolve(file)).isEmpty()) {
        CgroupFiles.write(
            directory.resolve(file), CgroupFiles.read(directory.getParent().resolve(file)));
      }
    }
  }

  /** The kernel takes one rule for each write, so one open file takes many writes. */
  private static void writeDevices(Path directory, DeviceFilter filter) throws IOException {
    String open = "";
    OutputStream stream = OutputStream.nullOutputStream();
    try {
      for (DeviceFilter.V1Write write : filter.v1Writes()) {
        if (!write.file().equals(open)) {
          stream.close();
          open = write.file();
          stream = Files.newOutputStream(directory.resolve(open), StandardOpenOption.WRITE);
        }
        stream.write((write.line() + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } finally {
      stream.close();
    }
  }
}
