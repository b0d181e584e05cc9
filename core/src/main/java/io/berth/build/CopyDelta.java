package io.berth.build;

import io.berth.build.CopyTree.Item;
import io.berth.build.SourceMatches.Source;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.oci.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** The files of a copy below its destination, to be compared with those of an earlier one. */
final class CopyDelta {
  private final TreePart part;
  private final CopyRequest request;
  private final Ownership owned;
  private final TreeMap<String, Item> items = new TreeMap<>();
  private final Map<String, SourceItem> sources = new HashMap<>();

  private CopyDelta(TreePart part, CopyRequest request, Ownership owned) {
    this.part = part;
    this.request = request;
    this.owned = owned;
  }

  /**
   * Places the files.
   *
   * @param makes whether the destination itself is made by a directory of the sources
   * @return empty for files that are more than names, modes, times and contents: several names of
   *     one file, devices, archives to be unpacked, directories with attributes
   */
  static Optional<CopyDelta> of(
      TreePart part, CopyRequest request, Ownership ownership, boolean makes) {
    CopyDelta delta = new CopyDelta(part, request, part.owned(ownership));
    Iterator<Digest> contents = part.contents().iterator();
    for (Source source : part.sources()) {
      boolean directory = source.top().status().isDirectory();
      if (!directory && request.unpacksLocal()) {
        return Optional.empty();
      }
      for (SourceItem item : source.items()) {
        String content = item.status().isRegular() ? contents.next().hex() : item.link();
        String path = directory ? item.target() : source.name();
        if ((makes || !path.isEmpty()) && !delta.place(path, item, content)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(delta);
  }

  private boolean place(String path, SourceItem item, String content) {
    FileStatus status = item.status();
    boolean directory = status.isDirectory();
    boolean simple =
        directory
            ? part.tree().attributes(item.source()).isEmpty()
            : status.links() == 1 && (status.isRegular() || status.isSymlink());
    Ownership.Ids owner = TreePart.owner(item, owned);
    int mode = status.isSymlink() ? 0 : owned.mode(status.mode(), directory);
    Item placed = new Item(item.type(), mode, owner.uid(), owner.gid(), status.mtime(), content);
    return simple && items.put(path, placed) == null && sources.put(path, item) == null;
  }

  TreeMap<String, Item> items() {
    return items;
  }

  /** Whether the files are still as they were when they were looked at. */
  boolean isCurrent() {
    for (Source source : part.sources()) {
      Map<String, FileStatus> now = new HashMap<>();
      part.tree()
          .items(source.top().source())
          .forEach(item -> now.put(item.source(), item.status()));
      for (SourceItem item : source.items()) {
        if (!item.status().equals(now.get(item.source()))) {
          return false;
        }
      }
    }
    return true;
  }

  /** How many files differ from, or lack in, earlier ones. */
  int distance(CopyTree earlier) {
    int same = 0;
    for (Map.Entry<String, Item> each : items.entrySet()) {
      same += each.getValue().equals(earlier.items().get(each.getKey())) ? 1 : 0;
    }
    return Math.max(items.size(), earlier.items().size()) - same;
  }

  /** Makes these files of the earlier ones, which are there. */
  void apply(CopyTree earlier, TreeWriter to) {
    NavigableSet<String> touched = new TreeSet<>();
    removeAbsent(earlier, to, touched);
    try (OpenParents from = part.tree().parents()) {
      for (Map.Entry<String, Item> each : items.entrySet()) {
        String path = each.getKey();
        Item before = earlier.items().get(path);
        if (!each.getValue().equals(before)) {
          write(path, each.getValue(), before, to, from);
          touched.add(TreePart.parent("/" + path).substring(1));
          touched.add(path);
        }
      }
    }
    // Last, since writing into a directory sets its time.
    for (String path : touched.descendingSet()) {
      Item item = items.get(path);
      if (item != null && item.isDirectory()) {
        to.setModified(target(path), item.modified());
      }
    }
  }

  private void removeAbsent(CopyTree earlier, TreeWriter to, NavigableSet<String> touched) {
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, Item> each : earlier.items().entrySet()) {
      String path = each.getKey();
      Item now = items.get(path);
      boolean below = !gone.isEmpty() && path.startsWith(gone.get(gone.size() - 1) + "/");
      if (!below && (now == null || now.isDirectory() != each.getValue().isDirectory())) {
        gone.add(path);
      }
    }
    for (String path : gone) {
      to.remove(target(path));
      touched.add(TreePart.parent("/" + path).substring(1));
    }
  }

  private void write(String path, Item item, Item before, TreeWriter to, OpenParents from) {
    SourceItem source = sources.get(path);
    if (item.type() != FileType.DIRECTORY) {
      TreePart.copy(source, target(path), to, owned, new HashMap<>(), from);
      return;
    }
    Ownership.Ids owner = new Ownership.Ids(item.uid(), item.gid());
    if (before == null || !before.isDirectory()) {
      to.makeDirectory(target(path), item.mode(), owner);
    } else {
      to.setDirectory(target(path), item.mode(), owner);
    }
  }

  private String target(String path) {
    return path.isEmpty() ? request.path() : request.path() + "/" + path;
  }
}
