package io.berth.layers;

import io.berth.layers.PathChange.Kind;
import io.berth.layers.tar.TarEntry;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileStatus;
import io.berth.linux.RootDir;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lists changes as {@code docker diff} does: a directory above a change counts as modified, one
 * that differs in nothing but its time does not.
 */
final class ChangeList extends ChangeSink {
  private final Optional<RootDir> before;
  private final SortedMap<String, Kind> changes = new TreeMap<>();
  // Directories that are no directories in the lower tree, or whose lower content is hidden.
  private final Set<String> fresh = new HashSet<>();
  private final Set<String> hidden = new HashSet<>();

  ChangeList(Optional<RootDir> before) {
    this.before = before;
  }

  List<PathChange> changes() {
    for (String path : List.copyOf(changes.keySet())) {
      String at = EntryPaths.parent(path);
      while (!at.isEmpty() && changes.putIfAbsent(at, Kind.MODIFIED) == null) {
        at = EntryPaths.parent(at);
      }
    }
    return changes.entrySet().stream()
        .map(change -> new PathChange(change.getValue(), "/" + change.getKey()))
        .toList();
  }

  @Override
  TarEntry holdBack(String path, FileStatus status, SortedMap<String, byte[]> xattrs) {
    if (!path.isEmpty()) {
      changes.remove(path, Kind.DELETED);
      boolean directory = was(path).map(FileStatus::isDirectory).orElse(false);
      if (!directory) {
        fresh.add(path);
      } else if (hidden.contains(EntryPaths.parent(path))) {
        hide(path);
      }
    }
    return super.holdBack(path, status, xattrs);
  }

  @Override
  void end(TarEntry directory, boolean changed) throws IOException {
    super.end(directory, changed && !sameOwner(directory));
  }

  private boolean sameOwner(TarEntry now) {
    Optional<FileStatus> was = was(EntryPaths.of(now.name()));
    return was.isPresent()
        && was.get().isDirectory()
        && was.get().mode() == now.mode()
        && was.get().uid() == now.uid()
        && was.get().gid() == now.gid();
  }

  @Override
  void directory(TarEntry entry) {
    put(EntryPaths.of(entry.name()));
  }

  @Override
  void file(
      Fd parent, String name, String path, FileStatus status, SortedMap<String, byte[]> xattrs)
      throws IOException {
    release();
    put(path);
  }

  private void put(String path) {
    if (!path.isEmpty()) {
      changes.put(path, was(path).isPresent() ? Kind.MODIFIED : Kind.ADDED);
    }
  }

  @Override
  void whiteout(String directory, String name) throws IOException {
    String path = EntryPaths.join(directory, name);
    if (was(path).isPresent()) {
      release();
      changes.put(path, Kind.DELETED);
    }
  }

  @Override
  void opaque(String directory) throws IOException {
    release();
    hide(directory);
  }

  /** Takes all of a lower directory for deleted, until it turns out to be there again. */
  private void hide(String directory) {
    hidden.add(directory);
    before
        .filter(root -> was(directory).map(FileStatus::isDirectory).orElse(directory.isEmpty()))
        .ifPresent(
            root -> {
              for (DirEntry each : root.list("/" + directory)) {
                changes.putIfAbsent(EntryPaths.join(directory, each.name()), Kind.DELETED);
              }
            });
  }

  private Optional<FileStatus> was(String path) {
    return fresh.contains(EntryPaths.parent(path))
        ? Optional.empty()
        : before.flatMap(root -> root.statNoFollow("/" + path));
  }

  @Override
  void finish() {
    // All is in the list.
  }
}
