package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import io.berth.runtime.security.DeviceFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Groups in the v2 tree: at {@code berth/ID} from the top when that can be written, else below the
 * group of this process, which must then be delegated to it (kernel documentation, cgroup-v2,
 * "Delegation").
 *
 * <p>A group with controllers for its children must hold no process itself ("No Internal Process
 * Constraint"). Where the base holds some, as in a container, and a limit needs a controller there,
 * they are moved into the leaf {@code PARENT-host} next to the containers.
 */
final class V2CgroupManager implements CgroupManager {
  private static final List<String> COUNTERS = List.of("memory", "pids", "io");

  private final CgroupLayout.Tree tree;
  private final String parent;
  private final Consumer<Path> made;
  private final BiConsumer<Path, byte[]> attachDevices;

  V2CgroupManager(
      CgroupLayout layout,
      String parent,
      Consumer<Path> made,
      BiConsumer<Path, byte[]> attachDevices) {
    this(
        layout
            .unified()
            .orElseThrow(
                () ->
                    new BerthException(
                        "No cgroup file system is mounted; mount cgroup2 at /sys/fs/cgroup")),
        parent,
        made,
        attachDevices);
  }

  private V2CgroupManager(
      CgroupLayout.Tree tree,
      String parent,
      Consumer<Path> made,
      BiConsumer<Path, byte[]> attachDevices) {
    this.tree = tree;
    this.parent = GroupMaker.relative(parent);
    this.made = made;
    this.attachDevices = attachDevices;
  }

  @Override
  public CgroupManager below(String other) {
    return new V2CgroupManager(tree, other, made, attachDevices);
  }

  @Override
  public ContainerCgroup create(String id, Limits limits, DeviceFilter devices) {
    GroupMaker maker = new GroupMaker(id, made);
    List<LimitWrites.Write> writes = LimitWrites.v2(limits);
    Set<String> needed = new LinkedHashSet<>();
    writes.forEach(write -> needed.add(write.controller()));
    Path base = GroupMaker.base(tree);
    Path group = base.resolve(parent);
    try {
      enableDownTo(base, group, needed, maker);
      Path directory = group.resolve(id);
      maker.make(directory);
      LimitFiles files = new LimitFiles(write -> directory);
      files.write(writes);
      if (!devices.equals(DeviceFilter.allowAll())) {
        attachDevices.accept(directory, devices.v2Program());
      }
      return cgroup(id, directory, files.warnings());
    } catch (IOException e) {
      maker.undo(e);
      throw new BerthException(
          "Cannot make the control group of container " + id + " below " + base + ": " + e, e);
    } catch (RuntimeException e) {
      maker.undo(e);
      throw e;
    }
  }

  @Override
  public Optional<ContainerCgroup> find(String id) {
    Path directory = GroupMaker.base(tree).resolve(parent).resolve(GroupMaker.checked(id));
    return Files.isDirectory(directory)
        ? Optional.of(cgroup(id, directory, List.of()))
        : Optional.empty();
  }

  private ContainerCgroup cgroup(String id, Path directory, List<String> warnings) {
    return new DirectoryCgroup(
        id,
        List.of(directory),
        Optional.of(directory),
        Optional.of(directory.resolve("memory.events")),
        warnings,
        this::enableLate);
  }

  /** Gives containers that run a controller; none of them takes another directory for it. */
  private Optional<Path> enableLate(String controller) {
    Path base = GroupMaker.base(tree);
    try {
      enableDownTo(base, base.resolve(parent), Set.of(controller), new GroupMaker("none", made));
      return Optional.empty();
    } catch (IOException e) {
      throw new BerthException(
          "Cannot enable the controller " + controller + " below " + base + ": " + e, e);
    }
  }

  /** Makes the shared groups that are not there, each with the controllers needed. */
  private void enableDownTo(Path base, Path group, Set<String> needed, GroupMaker maker)
      throws IOException {
    Path at = base;
    enable(at, needed);
    for (Path name : base.relativize(group)) {
      at = at.resolve(name);
      maker.shared(at);
      enable(at, needed);
    }
  }

  /** Gives a group's children the controllers needed, and those that count usage if it can. */
  private void enable(Path directory, Set<String> needed) throws IOException {
    Set<String> available = words(directory.resolve("cgroup.controllers"));
    for (String controller : needed) {
      if (!available.contains(controller)) {
        throw new BerthException(
            "The cgroup controller "
                + controller
                + " is needed for the limits asked, but "
                + directory
                + " has only "
                + available
                + "; delegate it to this process (systemd: Delegate=yes) or leave the limit out");
      }
    }
    Set<String> missing = new LinkedHashSet<>(needed);
    COUNTERS.stream().filter(available::contains).forEach(missing::add);
    Path control = directory.resolve("cgroup.subtree_control");
    missing.removeAll(words(control));
    if (missing.isEmpty()) {
      return;
    }
    boolean required = missing.stream().anyMatch(needed::contains);
    String value = "+" + String.join(" +", missing);
    try {
      CgroupFiles.write(control, value);
    } catch (IOException e) {
      if (required) {
        vacate(directory, e);
        CgroupFiles.write(control, value);
      }
    }
  }

  private void vacate(Path directory, IOException cause) throws IOException {
    Set<String> processes = words(directory.resolve("cgroup.procs"));
    if (processes.isEmpty()) {
      throw cause;
    }
    Path leaf = directory.resolve(parent.replace('/', '-') + "-host");
    CgroupFiles.makeShared(leaf);
    for (String process : processes) {
      try {
        CgroupFiles.write(leaf.resolve("cgroup.procs"), process);
      } catch (IOException e) {
        // It may have ended meanwhile; if not, the retry of the caller fails and says so.
        cause.addSuppressed(e);
      }
    }
  }

  private static Set<String> words(Path file) {
    String text = CgroupFiles.read(file);
    return text.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(text.split("\\s+")));
  }
}
