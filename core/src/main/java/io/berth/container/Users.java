package io.berth.container;

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
import java.util.List;
import java.util.Map;

/**
 * Looks users up in the {@code /etc/passwd} and {@code /etc/group} of a root file system. What an
 * image's own layers say never changes, so it is remembered; a container that has written its own
 * {@code /etc} is asked each time.
 */
public final class Users {
  private static final int REMEMBERED = 256;

  private record Key(List<Path> lowers, String user) {}

  private final Map<Key, ResolvedUser> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ResolvedUser> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param user as in the USER instruction; empty for root
   * @throws io.berth.error.NotFoundException when it is a name that the image does not know
   */
  ResolvedUser resolve(RootMount root, String user) {
    if (!(root instanceof RootMount.Overlay overlay) || hasOwnEtc(overlay)) {
      return read(root, user);
    }
    Key key = new Key(overlay.lowers(), user);
    synchronized (known) {
      return known.computeIfAbsent(key, k -> read(root, user));
    }
  }

  private static boolean hasOwnEtc(RootMount.Overlay overlay) {
    return overlay
        .writable()
        .map(w -> Files.exists(w.upper().resolve("etc"), LinkOption.NOFOLLOW_LINKS))
        .orElse(false);
  }

  private static ResolvedUser read(RootMount root, String user) {
    try (RootDir view = SnapshotViews.open(root)) {
      return new UserResolver(() -> open(view, "/etc/passwd"), () -> open(view, "/etc/group"))
          .resolve(user);
    }
  }

  private static InputStream open(RootDir view, String path) {
    return view.stat(path).filter(s -> s.isRegular()).isPresent()
        ? view.read(path)
        : InputStream.nullInputStream();
  }
}
