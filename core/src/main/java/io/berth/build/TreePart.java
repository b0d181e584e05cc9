package io.berth.build;

import io.berth.build.SourceMatches.Source;
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
import java.util.Iterator;
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
  private final Optional<Digest> hint;

  private TreePart(
      SourceTree tree,
      List<Source> sources,
      boolean keepOwners,
      Function<SourceItem, Digest> content,
      Optional<Digest> hint) {
    this.tree = tree;
    this.sources = sources;
    this.keepOwners = keepOwners;
    this.content = content;
    this.hint = hint;
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
    List<Source> found = SourceMatches.find(request, sources, tree, where);
    return new TreePart(tree, found, keepOwners, content, Optional.empty());
  }

  /**
   * The same, with what an earlier copy of these files is found by.
   *
   * @param place names the directory that they come from, and the sources
   */
  TreePart found(Digest place) {
    return new TreePart(tree, sources, keepOwners, content, Optional.of(place));
  }

  /** What an earlier copy of the same files, as they were then, is found by; if it is kept. */
  Optional<Digest> hint() {
    return hint;
  }

  List<Source> sources() {
    return sources;
  }

  SourceTree tree() {
    return tree;
  }

  @Override
  public int count() {
    return sources.size();
  }

  @Override
  public void addTo(KeyDigest key) {
    Iterator<Digest> contents = contents().iterator();
    for (Source source : sources) {
      key.add(source.name()).add(source.items().size());
      for (SourceItem item : source.items()) {
        FileStatus status = item.status();
        key.add(item.target()).add(item.type().bits()).add(status.mode()).add(item.link());
        if (status.rdevMajor() != 0 || status.rdevMinor() != 0) {
          key.add(status.rdevMajor()).add(status.rdevMinor());
        }
        if (keepOwners) {
          key.add(status.uid()).add(status.gid());
        }
        if (status.isRegular()) {
          key.add(status.size()).add(contents.next());
        }
      }
    }
  }

  /** The digests of all regular files, in their order; those to be read are read side by side. */
  List<Digest> contents() {
    return sources.stream()
        .flatMap(source -> source.items().stream())
        .filter(item -> item.status().isRegular())
        .toList()
        .parallelStream()
        .map(content)
        .toList();
  }

  /** The name of the only source when it is no directory; empty for a directory. */
  Optional<String> singleFile() {
    return sources.size() == 1 && !sources.get(0).top().status().isDirectory()
        ? Optional.of(sources.get(0).name())
        : Optional.empty();
  }

  @Override
  public void copy(TreeWriter to, CopyRequest request, Ownership ownership, boolean inside) {
    Ownership owned = owned(ownership);
    Map<FileStatus.FileId, String> linked = new HashMap<>();
    try (OpenParents from = tree.parents()) {
      copy(to, request, owned, inside, linked, from);
    }
  }

  /** The ownership of what is copied. */
  Ownership owned(Ownership asked) {
    return keepOwners || asked.owner().isPresent()
        ? asked
        : new Ownership(Optional.of(Ownership.Ids.ROOT), asked.mode());
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
        && new ArchiveUnpacker(to, request.path(), inside, request.unpackedLimit())
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

  /**
   * Copies anything but a directory.
   *
   * @param linked the targets of files that have several names
   */
  static void copy(
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

  static Ownership.Ids owner(SourceItem item, Ownership ownership) {
    FileStatus status = item.status();
    return ownership.owner().orElseGet(() -> new Ownership.Ids(status.uid(), status.gid()));
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
