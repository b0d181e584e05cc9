package io.berth.container;

import io.berth.api.ProcessSpec;
import io.berth.api.SandboxSpec;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.linux.RootDir;
import io.berth.runtime.user.ResolvedUser;
import io.berth.runtime.user.UserResolver;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks users up in the {@code /etc/passwd} and {@code /etc/group} of a root file system. What an
 * image's own layers say never changes, so it is remembered; a container that has written its own
 * {@code /etc} is asked each time.
 */
public final class Users {
  private static final int REMEMBERED = 256;

  private record Key(List<Path> lowers, String user, List<String> groups) {}

  private final Map<Key, ResolvedUser> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ResolvedUser> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * The user and groups of a process, in a root file system that nothing runs in yet.
   *
   * @throws io.berth.error.NotFoundException when one is a name that the image does not know
   */
  ResolvedUser resolve(RootMount root, ProcessSpec process) {
    if (!(root instanceof RootMount.Overlay overlay) || hasOwnEtc(overlay)) {
      return read(root, process);
    }
    return resolve(overlay, process);
  }

  private ResolvedUser resolve(RootMount.Overlay overlay, ProcessSpec process) {
    Key key = new Key(overlay.lowers(), process.user(), process.groups());
    synchronized (known) {
      return known.computeIfAbsent(key, k -> read(overlay, process));
    }
  }

  /**
   * The same in a container that runs: its root file system is not mounted once more, but looked at
   * through its init.
   */
  ResolvedUser resolveRunning(RootMount root, SandboxSpec sandbox, long init, ProcessSpec process) {
    boolean mountsEtc =
        sandbox.mounts().stream().anyMatch(m -> m.target().startsWith("/etc"))
            || sandbox.tmpfs().keySet().stream().anyMatch(t -> t.startsWith("/etc"));
    if (!mountsEtc && root instanceof RootMount.Overlay overlay && !hasOwnEtc(overlay)) {
      return resolve(overlay, process);
    }
    try (RootDir view = RootDir.openReadOnly(root.access(), Path.of("/proc/" + init + "/root"))) {
      return resolve(view, process);
    }
  }

  /** The same, in a root file system that is open already. */
  ResolvedUser resolve(RootDir root, ProcessSpec process) {
    UserResolver resolver =
        new UserResolver(() -> open(root, "/etc/passwd"), () -> open(root, "/etc/group"));
    ResolvedUser user = resolver.resolve(process.user());
    if (process.groups().isEmpty()) {
      return user;
    }
    Set<Integer> groups = new LinkedHashSet<>(user.groups());
    groups.addAll(resolver.resolveGroups(process.groups()));
    return new ResolvedUser(user.uid(), user.gid(), List.copyOf(groups), user.home());
  }

  private static boolean hasOwnEtc(RootMount.Overlay overlay) {
    return overlay
        .writable()
        .map(w -> Files.exists(w.upper().resolve("etc"), LinkOption.NOFOLLOW_LINKS))
        .orElse(false);
  }

  private ResolvedUser read(RootMount root, ProcessSpec process) {
    // What is mounted for writing only once is not to be mounted for looking; it is empty yet.
    boolean once = root instanceof RootMount.Overlay overlay && overlay.isVolatile();
    try (RootDir view = SnapshotViews.open(once ? ((RootMount.Overlay) root).below() : root)) {
      return resolve(view, process);
    }
  }

  private static InputStream open(RootDir view, String path) {
    return view.stat(path).filter(s -> s.isRegular()).isPresent()
        ? view.read(path)
        : InputStream.nullInputStream();
  }
}
