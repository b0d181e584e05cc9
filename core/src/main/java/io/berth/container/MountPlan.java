package io.berth.container;

import io.berth.api.MountPoint;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.SandboxSpec;
import io.berth.linux.FileRights;
import io.berth.runtime.cgroup.CgroupLayout;
import io.berth.runtime.cgroup.ContainerCgroup;
import io.berth.runtime.launch.LaunchSpec.MountKind;
import io.berth.runtime.launch.LaunchSpecBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The file systems inside a container, as the OCI runtime-spec (config-linux.md, "Default
 * Filesystems") and Docker have them.
 */
final class MountPlan {
  private static final long RDONLY = 1;
  private static final long NOSUID = 2;
  private static final long NODEV = 4;
  private static final long NOEXEC = 8;
  private static final long BIND = 4096;
  private static final long REC = 16384;
  private static final long PRIVATE = 1 << 18;
  private static final long STRICTATIME = 1 << 24;
  // Of the launcher, above those of mount(2).
  private static final long ALL_READ_ONLY_IF_POSSIBLE = 1L << 40;
  private static final long ALL_READ_ONLY = 1L << 41;
  private static final long ONLY_TOP_PROPAGATES = 1L << 42;
  private static final long SAFE = NOSUID | NODEV | NOEXEC;
  private static final int CHARACTER_DEVICE = 0020666;
  private static final int TTY = 5; // group and device

  private static final Set<String> LABELLED = Set.of("tmpfs", "devpts", "mqueue");
  private static final String SHM_SIZE = "65536k";

  private final LaunchSpecBuilder spec;
  private final SandboxSpec sandbox;
  private final FileRights access;
  private final long kernel;
  private final Optional<String> label;

  /**
   * @param access in a user namespace, devices and the host's own kernel file systems are bound
   *     rather than made
   * @param label of files in memory, as an option of a mount, where SELinux is to have one
   */
  MountPlan(
      LaunchSpecBuilder spec, SandboxSpec sandbox, FileRights access, Optional<String> label) {
    this.label = label;
    this.spec = spec;
    this.sandbox = sandbox;
    this.access = access;
    // Whether /sys and the cgroups may be written.
    this.kernel = sandbox.rights().privileged() ? SAFE : SAFE | RDONLY;
  }

  void base() {
    kernelFileSystem("proc", "/proc", SAFE, sandbox.pid().isHost());
    fileSystem("tmpfs", "tmpfs", "/dev", NOSUID | STRICTATIME, "mode=755,size=65536k");
    fileSystem(
        "devpts",
        "devpts",
        "/dev/pts",
        NOSUID | NOEXEC,
        "newinstance,ptmxmode=0666,mode=0620" + (access.gids().has(TTY) ? ",gid=" + TTY : ""));
    kernelFileSystem("sysfs", "/sys", kernel, sandbox.network().isHost());
    kernelFileSystem("mqueue", "/dev/mqueue", SAFE, sandbox.ipc().isHost());
    fileSystem(
        "tmpfs",
        "shm",
        "/dev/shm",
        SAFE,
        "mode=1777,size=" + sandbox.shmSize().map(String::valueOf).orElse(SHM_SIZE));
    device("/dev/null", 1, 3);
    device("/dev/zero", 1, 5);
    device("/dev/full", 1, 7);
    device("/dev/random", 1, 8);
    device("/dev/urandom", 1, 9);
    device("/dev/tty", TTY, 0);
    spec.symlink("/proc/self/fd", "/dev/fd");
    spec.symlink("/proc/self/fd/0", "/dev/stdin");
    spec.symlink("/proc/self/fd/1", "/dev/stdout");
    spec.symlink("/proc/self/fd/2", "/dev/stderr");
    spec.symlink("/proc/kcore", "/dev/core");
    spec.symlink("pts/ptmx", "/dev/ptmx");
  }

  /**
   * The container's own cgroups, read-only: v2 as one tree, v1 as one directory for each hierarchy
   * that the container has a group in.
   */
  void cgroups(CgroupLayout layout, Optional<ContainerCgroup> cgroup) {
    if (cgroup.isPresent() && cgroup.get().directories().isEmpty()) {
      if (boundFromHost(sandbox.network().isHost())) {
        fileSystem("tmpfs", "cgroup", "/sys/fs/cgroup", SAFE | RDONLY, "mode=755,nr_inodes=2");
      }
      return;
    }
    Map<Path, List<String>> hierarchies = new TreeMap<>();
    layout
        .v1()
        .forEach(
            (controller, tree) ->
                hierarchies.computeIfAbsent(tree.root(), r -> new ArrayList<>()).add(controller));
    hierarchies
        .keySet()
        .removeIf(
            root ->
                cgroup.stream()
                    .flatMap(group -> group.directories().stream())
                    .noneMatch(directory -> directory.startsWith(root)));
    if (hierarchies.isEmpty()) {
      fileSystem("cgroup2", "cgroup", "/sys/fs/cgroup", kernel, "");
      return;
    }
    fileSystem("tmpfs", "cgroup", "/sys/fs/cgroup", SAFE, "mode=755,nr_inodes=64");
    for (List<String> controllers : hierarchies.values()) {
      Collections.sort(controllers);
      String name = String.join(",", controllers);
      String target = "/sys/fs/cgroup/" + name;
      if (sandbox.cgroup().isHost()) {
        // Mounted anew it would show all of the host's.
        Path tree = layout.v1().get(controllers.get(0)).root();
        cgroup.stream()
            .flatMap(group -> group.directories().stream())
            .filter(directory -> directory.startsWith(tree))
            .forEach(directory -> bind(directory, target, kernel != SAFE));
      } else {
        fileSystem("cgroup", "cgroup", target, kernel, name);
      }
      if (controllers.size() > 1) {
        controllers.forEach(one -> spec.symlink(name, "/sys/fs/cgroup/" + one));
      }
    }
    if (kernel != SAFE) {
      spec.readOnly("/sys/fs/cgroup");
    }
  }

  /** The files that Docker puts into /etc, from the container's directory. */
  void etc(Path directory) {
    for (String name : EtcPlan.FILES) {
      bind(directory.resolve(name), "/etc/" + name, false);
    }
  }

  void bind(Path source, String target, boolean readOnly) {
    MountKind kind = Files.isDirectory(source) ? MountKind.BIND_DIRECTORY : MountKind.BIND_FILE;
    long flags = BIND | REC | PRIVATE | (readOnly ? RDONLY : 0);
    spec.mount(kind, "bind", source.toString(), target, flags, "");
  }

  /** A volume, a bind or an image. */
  void point(PlacedMount mount, Roots roots) {
    MountPoint point = mount.point();
    BindOptions options = point.options();
    long flags = BIND | (options.recursive() ? REC : 0) | options.propagation().flags();
    if (!options.propagation().toString().startsWith("r")) {
      flags |= ONLY_TOP_PROPAGATES;
    }
    if (point.readOnly()) {
      flags |= RDONLY | below(options);
    }
    String inside = "/" + point.subpath();
    if (mount.tree().isPresent()) {
      roots.addTree(spec, mount.tree().get(), inside, point.target(), BIND | RDONLY);
    } else if (!point.subpath().isEmpty()) {
      String source = mount.source().toString();
      spec.mount(MountKind.TREE, "bind", inside, point.target(), flags, source);
    } else {
      MountKind kind =
          Files.isDirectory(mount.source()) ? MountKind.BIND_DIRECTORY : MountKind.BIND_FILE;
      spec.mount(kind, "bind", mount.source().toString(), point.target(), flags, "");
    }
  }

  private static long below(BindOptions options) {
    return switch (options.scope()) {
      case TOP -> 0;
      case ALL -> ALL_READ_ONLY;
      case ALL_IF_POSSIBLE -> options.recursive() ? ALL_READ_ONLY_IF_POSSIBLE : 0;
    };
  }

  /**
   * @param options as mount(8) has them
   */
  void tmpfs(String target, String options) {
    TmpfsOptions parsed = TmpfsOptions.parse(options);
    fileSystem("tmpfs", "tmpfs", target, parsed.flags(), parsed.data());
  }

  void device(Devices.Node node) {
    if (!access.isDirect()) {
      spec.mount(MountKind.BIND_FILE, "bind", node.host(), node.path(), BIND, "");
      return;
    }
    spec.device(node.path(), node.mode(), node.major(), node.minor(), node.uid(), node.gid());
  }

  private void fileSystem(String type, String source, String target, long flags, String options) {
    String all = LABELLED.contains(type) ? labelled(options) : options;
    spec.mount(MountKind.FILE_SYSTEM, type, source, target, flags, all);
  }

  private String labelled(String options) {
    return label.map(l -> options.isEmpty() ? l : options + "," + l).orElse(options);
  }

  private void device(String path, int major, int minor) {
    device(new Devices.Node(path, path, CHARACTER_DEVICE, major, minor, 0, 0, "rwm"));
  }

  /**
   * What shows a namespace of the kernel's can be mounted by whoever owns that namespace: not by
   * the root of a user namespace when it is the host's.
   */
  private void kernelFileSystem(String type, String target, long flags, boolean hosts) {
    if (!boundFromHost(hosts)) {
      fileSystem(type, type, target, flags, "");
    } else if (Files.isDirectory(Path.of(target))) {
      spec.mount(
          MountKind.BIND_DIRECTORY, "bind", target, target, BIND | REC | PRIVATE | flags, "");
    }
  }

  private boolean boundFromHost(boolean hosts) {
    return hosts && !access.isDirect();
  }
}
