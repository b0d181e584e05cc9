package io.berth.build;

import io.berth.dockerfile.GoPaths;
import io.berth.dockerfile.IgnorePatterns;
import io.berth.error.InvalidInputException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.Xattrs;
import io.berth.oci.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The files of a tree that sources name. */
final class TreePart implements CopyPart {
  private final SourceTree tree;
  private final List<Source> sources;
  private final boolean keepOwners;
  private final Function<SourceItem, Digest> content;

  /**
   * One match of a source.
   *
   * @param name the file's name as it was written, or matched
   */
  private record Source(String name, List<SourceItem> items) {
    SourceItem top() {
      return items.get(0);
    }
  }

  private TreePart(
      SourceTree tree,
      List<Source> sources,
      boolean keepOwners,
      Function<SourceItem, Digest> content) {
    this.tree = tree;
    this.sources = sources;
    this.keepOwners = keepOwners;
    this.content = content;
  }

  /**
   * Finds the files.
   *
   * @param where the tree's name in error messages
   * @param keepOwners whether files keep their owners; else they become root's
   * @param content gives the digest of a regular file
   */
  static TreePart of(
      CopyRequest request,
      List<String> sources,
      SourceTree tree,
      String where,
      boolean keepOwners,
      Function<SourceItem, Digest> content) {
    IgnorePatterns excluded = request.excluded();
    List<Source> found = new ArrayList<>();
    for (String source : sources) {
      List<Source> matches = request.parents() ? withParents(source, tree) : plain(source, tree);
      if (matches.isEmpty() && !SourceTree.isPattern(source)) {
        throw new InvalidInputException(
            "no such file or directory in "
                + where
                + ": "
                + source
                + "; check its spelling, and whether an ignore file leaves it out");
      }
      if (!request.excludes().isEmpty()) {
        matches = matches.stream().map(s -> without(excluded, s)).toList();
      }
      found.addAll(matches);
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          "nothing in "
              + where
              + " matches "
              + String.join(" ", sources)
              + "; check the pattern, and whether an ignore file leaves the files out");
    }
    return new TreePart(tree, found, keepOwners, content);
  }

  private static List<Source> plain(String source, SourceTree tree) {
    List<Source> found = new ArrayList<>();
    for (String path : tree.select(source)) {
      found.add(new Source(path.substring(path.lastIndexOf('/') + 1), tree.items(path)));
    }
    return found;
  }

  /** All that a pattern matches, with the directories that lead there from a pivot {@code /./}. */
  private static List<Source> withParents(String source, SourceTree tree) {
    int pivot = source.indexOf("/./");
    String base = pivot < 0 ? "" : source.substring(0, pivot);
    String pattern = pivot < 0 ? source : source.substring(pivot + 3);
    List<Source> found = new ArrayList<>();
    for (String path : tree.select(base)) {
      List<SourceItem> items = tree.items(path);
      IgnorePatterns wanted = IgnorePatterns.parse(stripped(pattern));
      List<SourceItem> kept = new ArrayList<>(List.of(items.get(0)));
      kept.addAll(matching(wanted, items.subList(1, items.size())));
      if (kept.size() > 1) {
        found.add(new Source("", kept));
      }
    }
    return found;
  }

  private static String stripped(String pattern) {
    String clean = GoPaths.clean("/" + pattern);
    return clean.equals("/") ? "**" : clean.substring(1);
  }

  /** Items that match, and the directories above them. */
  private static List<SourceItem> matching(IgnorePatterns wanted, List<SourceItem> items) {
    boolean[] kept = new boolean[items.size()];
    Map<String, Integer> index = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      String target = items.get(i).target();
      index.put(target, i);
      if (wanted.matches(target)) {
        for (String at = target; !at.isEmpty() && !kept[index.get(at)]; at = parentOf(at)) {
          kept[index.get(at)] = true;
        }
      }
    }
    List<SourceItem> result = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (kept[i]) {
        result.add(items.get(i));
      }
    }
    return result;
  }

  private static String parentOf(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Leaves out what is excluded; directories stay when something in them does. */
  private static Source without(IgnorePatterns excluded, Source source) {
    List<SourceItem> items = source.items();
    boolean[] kept = new boolean[items.size()];
    kept[0] = true;
    Map<String, Integer> index = new HashMap<>();
    for (int i = 1; i < items.size(); i++) {
      String target = items.get(i).target();
      index.put(target, i);
      if (!excluded.matches(target)) {
        for (String at = target; !at.isEmpty() && !kept[index.get(at)]; at = parentOf(at)) {
          kept[index.get(at)] = true;
        }
      }
    }
    List<SourceItem> result = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (kept[i]) {
        result.add(items.get(i));
      }
    }
    return new Source(source.name(), result);
  }

  @Override
  public int count() {
    return sources.size();
  }

  @Override
  public void addTo(KeyDigest key) {
    Map<SourceItem, Digest> contents = contents();
    for (Source source : sources) {
      key.add(source.name()).add(source.items().size());
      for (SourceItem item : source.items()) {
        FileStatus status = item.status();
        key.add(item.target()).add(item.type().name()).add(status.mode()).add(item.link());
        if (status.rdevMajor() != 0 || status.rdevMinor() != 0) {
          key.add(status.rdevMajor()).add(status.rdevMinor());
        }
        if (keepOwners) {
          key.add(status.uid()).add(status.gid());
        }
        if (status.isRegular()) {
          key.add(status.size()).add(contents.get(item).hex());
        }
      }
    }
  }

  /** The digests of all regular files; those that are to be read are read side by side. */
  private Map<SourceItem, Digest> contents() {
    List<SourceItem> files =
        sources.stream()
            .flatMap(source -> source.items().stream())
            .filter(item -> item.status().isRegular())
            .toList();
    List<Digest> digests = files.parallelStream().map(content).toList();
    Map<SourceItem, Digest> contents = new IdentityHashMap<>(2 * files.size());
    for (int i = 0; i < digests.size(); i++) {
      contents.put(files.get(i), digests.get(i));
    }
    return contents;
  }

  /** The name of the only source when it is no directory; empty for a directory. */
  Optional<String> singleFile() {
    return sources.size() == 1 && !sources.get(0).top().status().isDirectory()
        ? Optional.of(sources.get(0).name())
        : Optional.empty();
  }

  @Override
  public void copy(TreeWriter to, CopyRequest request, Ownership ownership, boolean inside) {
    Ownership owned =
        keepOwners || ownership.owner().isPresent()
            ? ownership
            : new Ownership(Optional.of(Ownership.Ids.ROOT), ownership.mode());
    Map<FileStatus.FileId, String> linked = new HashMap<>();
    try (OpenParents from = tree.parents()) {
      copy(to, request, owned, inside, linked, from);
    }
  }

  private void copy(
      TreeWriter to,
      CopyRequest request,
      Ownership owned,
      boolean inside,
      Map<FileStatus.FileId, String> linked,
      OpenParents from) {
    for (Source source : sources) {
      if (source.top().status().isDirectory()) {
        copyDirectory(source, to, request, owned, linked, from);
      } else if (!(request.unpacksLocal() && unpack(source.top(), to, request, owned))) {
        String target = inside ? request.path() + "/" + source.name() : to.followed(request.path());
        to.makeDirectories(parent(target), owned.ownerOrRoot(), owned.directoryMode());
        copy(source.top(), target, to, owned, linked, from);
      }
    }
  }

  private boolean unpack(SourceItem item, TreeWriter to, CopyRequest request, Ownership owned) {
    // What an archive holds keeps its owners unless others are asked for.
    Ownership inside =
        request.chown().isPresent() ? owned : new Ownership(Optional.empty(), owned.mode());
    return item.status().isRegular()
        && new ArchiveUnpacker(to, request.path(), inside)
            .unpack(item.source(), () -> tree.read(item.source()));
  }

  private void copyDirectory(
      Source source,
      TreeWriter to,
      CopyRequest request,
      Ownership ownership,
      Map<FileStatus.FileId, String> linked,
      OpenParents from) {
    // A destination that was written as a directory is one of its own, and not the source's.
    to.makeDirectories(
        request.intoDirectory() ? request.path() : parent(request.path()),
        ownership.ownerOrRoot(),
        ownership.directoryMode());
    List<SourceItem> written = new ArrayList<>();
    for (SourceItem item : source.items()) {
      String target = target(request, item);
      if (!item.status().isDirectory()) {
        copy(item, target, to, ownership, linked, from);
        continue;
      }
      int mode = ownership.mode(item.status().mode(), true);
      Ownership.Ids owner = owner(item, ownership);
      if (to.makeDirectory(target, mode, owner)) {
        written.add(item);
      } else if (!item.target().isEmpty()) {
        to.setDirectory(target, mode, owner);
        written.add(item);
      }
      if (!item.target().isEmpty()) {
        Fd parent = from.of(item.source());
        to.setAttributes(
            target,
            TreeWriter.copied(parent, item.source().substring(item.source().lastIndexOf('/') + 1)));
      }
    }
    // Last, since writing into a directory sets its time.
    for (int i = written.size() - 1; i >= 0; i--) {
      SourceItem item = written.get(i);
      to.setModified(target(request, item), item.status().mtime());
    }
  }

  private static String target(CopyRequest request, SourceItem item) {
    return item.target().isEmpty() ? request.path() : request.path() + "/" + item.target();
  }

  private void copy(
      SourceItem item,
      String target,
      TreeWriter to,
      Ownership ownership,
      Map<FileStatus.FileId, String> linked,
      OpenParents from) {
    FileStatus status = item.status();
    Ownership.Ids owner = owner(item, ownership);
    int mode = ownership.mode(status.mode(), false);
    switch (item.type()) {
      case REGULAR -> {
        if (status.links() > 1) {
          String first = linked.putIfAbsent(status.id(), target);
          if (first != null) {
            to.hardLink(target, first);
            return;
          }
        }
        String name = item.source().substring(item.source().lastIndexOf('/') + 1);
        Fd parent = from.of(item.source());
        int flags = OpenFlags.RDONLY | OpenFlags.NOFOLLOW | OpenFlags.NONBLOCK;
        try (Fd file = FileCalls.open(parent, name, flags, 0, 0)) {
          to.file(
              target,
              file,
              status.size(),
              mode,
              owner,
              status.mtime(),
              Xattrs.any(file) ? TreeWriter.copied(parent, name) : Collections.emptySortedMap());
        }
      }
      case SYMLINK -> to.symlink(target, item.link(), owner, status.mtime());
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO ->
          to.special(target, item.type(), mode, owner, status.rdevMajor(), status.rdevMinor());
      case SOCKET -> {
        // Nobody listens to it in the image; docker leaves it out too.
      }
      case DIRECTORY, UNKNOWN ->
          throw new InvalidInputException("cannot copy " + item.source() + ": " + item.type());
    }
  }

  private static Ownership.Ids owner(SourceItem item, Ownership ownership) {
    FileStatus status = item.status();
    return ownership.owner().orElseGet(() -> new Ownership.Ids(status.uid(), status.gid()));
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
